const HEX = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const UUID = '3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** Addresses as shops have them: none says anything of a person. They end with what stays of them, which is all. */
export const ORDINARY = `
https://shop.example/
https://shop.example/collections/all
https://shop.example/collections/summer-2026/products/linen-shirt-white
https://shop.example/products/iphone-15-pro-max-256gb-blue-titanium
https://shop.example/products/samsung-galaxy-s24-ultra-512gb-5g
https://shop.example/products/asus-tuf-a15-fa507nv-r7-7735hs-16gb-512gb-rtx4060-w11h
https://shop.example/products/rtx4070ti-16gb-ddr5-m2-1tb-w11p
https://shop.example/products-new/Sony-BRAVIA-UltraHD-4K-eSIM-5G-2026
https://shop.example/products/wh-1000xm5
https://shop.example/products/WH1000XM5-B
https://shop.example/products/mug-0123-456789
https://shop.example/products/4006381333931
https://shop.example/products/00012345678905
https://shop.example/products/8901234567890-dosa-mix
https://shop.example/products/prod_01HXYZABCDEFGHJKMNPQRSTV
https://shop.example/products/507f1f77bcf86cd799439011
https://shop.example/products/${UUID}
https://shop.example/checkout/success/ORD-2026-000123
https://shop.example/checkout/success/SW10012
https://shop.example/orders/DE100000123/thank_you
https://shop.example/checkout/shipping2
https://shop.example/checkout/step-2/2026-11-30
https://shop.example/cart/add/rtx4070ti16gb
https://shop.example/warenkorb/rtx4070ti16gb
https://shop.example/wishlist/fa507nv-r7
https://shop.example/account/settings/notifications2026
https://shop.example/en/blog/${UUID}
https://shop.example/de/artikel/${UUID}
https://shop.example/producto/${UUID}
https://shop.example/produit/${UUID}/avis
https://shop.example/p/${UUID}
https://shop.example/kategorie/${UUID}/product/${UUID}
https://shop.example/orders/products/${UUID}
https://shop.example/blogs/news/2026-11-27-how-to-fly-a-kite
https://shop.example/blogs/news/2026/11/27/kites
https://shop.example/blog/20261127-kites
https://shop.example/pages/about-us
https://shop.example/pages/track-your-order
https://shop.example/pages/password-tips
https://shop.example/account/orders/1001
https://shop.example/account/login
https://shop.example/account/login/callback
https://shop.example/account/reset-password
https://shop.example/account/reset/success
https://shop.example/account/verify/email
https://shop.example/account/register
https://shop.example/search
https://shop.example/cart
https://shop.example/checkout/onepage/success/
https://shop.example/catalog/product/view/id/2047/s/joust-duffle-bag/category/4/
https://shop.example/gear/bags.html
https://shop.example/women/tops-women/jackets-women.html
https://shop.example/joust-duffle-bag-24-mb01.html
https://shop.example/customer/account/createpassword/
https://shop.example/customer/account/forgotpassword/
https://shop.example/product/hoodie-with-zipper/
https://shop.example/product-category/clothing/hoodies/page/2/
https://shop.example/product-tag/2026-collection/
https://shop.example/my-account/lost-password/
https://shop.example/my-account/view-order/1234/
https://shop.example/checkout/order-received/1234/
https://shop.example/?utm_source=newsletter&utm_medium=email&utm_campaign=2026-11-black-friday
https://shop.example/?utm_source=instagram&utm_id=120210123456780123
https://shop.example/?utm_source=google&utm_term=iphone+15+pro+max+256gb
https://shop.example/?utm_content=4006381333931+red
https://shop.example/?utm_content=ad_23851234567890123_v2
https://shop.example/?utm_campaign=PMax-Shoes-DE-2026_Q4
https://shop.example/?utm_term=%D0%BA%D1%83%D0%BF%D0%B8%D1%82%D1%8C
https://shop.example/detail/${HEX}
https://shop.example/navigation/${HEX}
https://shop.example/landingPage/${HEX}
https://shop.example/Kleidung/Damen/Jacken/SW10012.3
https://shop.example/Sommer-Hausschuh/SWDEMO10007.1
https://shop.example/account/order
https://shop.example/wishlist
https://shop.example/de-de/p/herren-laufschuh/hw1234-001
https://shop.example/en_GB/p/B0CHX1W1XY
https://shop.example/dp/B0CHX1W1XY/ref-sr-1-3
https://shop.example/c/shoes/571
https://shop.example/s/running-shoes
https://shop.example/share/summer-2026-lookbook
https://shop.example/invite/friends
https://shop.example/login/forgotPassword
https://shop.example/keyboards/k380-12ab34
https://shop.example/track-pants/ab123456
https://shop.example/monkeys/a1b2c3d4
https://shop.example/tracksuits/2026-ab1c2d
https://shop.example/magic-the-gathering/mtg-khm-245
https://shop.example/WomensShoes/SneakersLowTop/OldSchoolRunners2026
https://shop.example/build/3f9a2c1b/index.html
https://shop.example/assets/main.3f9a2c1b4d5e.html
https://shop.example/k%C3%A4se/%F0%9F%AA%81
https://shop.example/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%95%86%E5%93%81-2026
https://shop.example/%D1%82%D0%BE%D0%B2%D0%B0%D1%80%D1%8B/%D1%87%D0%B0%D0%B9%D0%BD%D0%B8%D0%BA-1200
https://shop.example/100%25-cotton-t-shirt
https://shop.example/sale/-50%25
https://shop.example/price/1299.00
https://shop.example/tickets/2026-11-27T20:00
https://shop.example/stores/52.520008,13.404954
https://shop.example/@kites
https://shop.example/size/42-5/width/80-100-120
https://shop.example/isbn/978-3-16-148410-0
https://shop.example/tel/0800
https://shop.example/phone/15-pro
http://127.0.0.1:4173/product.html
https://d1a2b3c4e5f6g7h8i9.cloudfront.example/kites
`.trim().split('\n');

/** Addresses that say who somebody is, or are a key to something of theirs, and what stays of them. */
export const PERSONAL: [address: string, clean: string][] = `
/account/ida@mail.example > /account/[email]
/account/ida%40mail.example/orders > /account/[email]/orders
/account/ida%2540mail.example/orders > /account/[email]/orders
/account/ida%252540mail.example > /account/[email]
/account/ida%25%34%30mail.example > /account/[email]
/a/ida.b+c@mail.example/ole@mail.example > /a/[email]/[email]
/a/ida%2Bb%40mail.example > /a/[email]
/a/i%C3%A5a@k%C3%A4se.example > /a/[email]
/a/iåa@käse.example > /a/[email]
/a/ida@xn--kse-qla.example > /a/[email]
/a/%22ida%20b%22%40mail.example > /a/[email]
/a/"ida b"@mail.example > /a/[email]
/a/mailto:ida@mail.example > /a/mailto:[email]
/r/https%3A%2F%2Fmail.example%2Fida%40mail.example > /r/https%3A%2F%2Fmail.example%2F[email]
/a;user=ida@mail.example/b > /a;user=[email]/b
/a,ida@mail.example,ole@mail.example > /a,[email],[email]
/?utm_term=ida@mail.example > /?utm_term=[email]
/?utm_term=ida%40mail.example&utm_id=7 > /?utm_term=[email]&utm_id=7
/?utm_term=ida%2540mail.example > /?utm_term=[email]
/?utm_term=ida+b@mail.example > /?utm_term=[email]
/?utm_ida@mail.example=1 > /?[email]=1
/?utm_content=IDA%40MAIL.EXAMPLE > /?utm_content=[email]
/?utm_campaign=to%20ida@mail.example > /?utm_campaign=[email]
/tel/01701234567 > /tel/[phone]
/tel/0170-1234567 > /tel/[phone]
/tel:+491701234567 > /tel:[phone]
/contact/tel%3A%2B49%20170%201234567 > /contact/tel%3A[phone]
/call/(555)123-4567 > /call/[phone]
/call/555.123.4567 > /call/[phone]
/callto/491701234567 > /callto/[phone]
/sms/5551234567 > /sms/[phone]
/whatsapp/491701234567 > /whatsapp/[phone]
/mobile/4917012345678 > /mobile/[phone]
/phone/%2B15551234567 > /phone/[phone]
/contact/+491701234567 > /contact/[phone]
/contact/+49-170-1234567 > /contact/[phone]
/contact/+1(555)123-4567 > /contact/[phone]
/contact/%2B49%20170%201234567 > /contact/[phone]
/contact/%252B491701234567 > /contact/[phone]
/?utm_content=%2B49+170+1234567 > /?utm_content=[phone]
/?utm_content=call+%28555%29+123-4567 > /?utm_content=call+[phone]
/?utm_term=0170+1234567 > /?utm_term=[phone]
/account/${JWT} > /account/[token]
/auth/callback/${JWT}/done > /auth/callback/[token]/done
/?utm_id=${JWT} > /?utm_id=[token]
/products/${JWT} > /products/[token]
/account/reset/1234567890/${HEX}-1699999999 > /account/reset/[token]/[token]
/account/activate/1234567890/${HEX}-1699999999 > /account/activate/[token]/[token]
/reset/4f9a2c > /reset/[token]
/reset-password/AbCdEf123 > /reset-password/[token]
/password/reset/${UUID} > /password/reset/[token]
/password-reset/x8Kp2q > /password-reset/[token]
/passwort/a1b2c3d4 > /passwort/[token]
/password/reset/confirm/MQ/c5d1zq-${HEX}/ > /password/reset/confirm/MQ/[token]/
/verify-email/123456 > /verify-email/[token]
/verify/${UUID} > /verify/[token]
/email/verify/42/${HEX}0a1b2c3d > /email/verify/42/[token]
/confirm/Zx81kQ > /confirm/[token]
/confirmEmail/a8f3k2l9 > /confirmEmail/[token]
/magic-link/k2j4h5g6 > /magic-link/[token]
/login/magic/AbCdEfGh12 > /login/magic/[token]
/login/${UUID} > /login/[token]
/activate/4F9A2C > /activate/[token]
/invite/XKQZPD > /invite/[token]
/invitation/${UUID} > /invitation/[token]
/unsubscribe/12345678 > /unsubscribe/[token]
/newsletter/subscriber/unsubscribe/id/123/code/${HEX}/ > /newsletter/subscriber/unsubscribe/id/123/code/[token]/
/newsletter/optin/${UUID} > /newsletter/optin/[token]
/email/unsubscribe;${HEX} > /email/unsubscribe;[token]
/customer/account/confirm/id/123/key/a1b2c3d4e5/ > /customer/account/confirm/id/123/key/[token]/
/wishlist/shared/index/code/${HEX}/ > /wishlist/shared/index/code/[token]/
/checkout/cart/add/uenc/aHR0cHM6Ly9zaG9wLmV4YW1wbGUv/product/1/form_key/AbCdEfGh12345678/ > /checkout/cart/add/uenc/[token]/product/1/form_key/[token]/
/1234567/orders/${HEX}/authenticate?key=${HEX} > /1234567/orders/[token]/authenticate
/1234567/orders/${HEX} > /1234567/orders/[token]
/checkouts/c/${HEX}/thank_you > /checkouts/c/[token]/thank_you
/checkouts/cn/Z2NwLWV1cm9wZS13ZXN0MTowMUo4WFlaQUJD/information > /checkouts/cn/[token]/information
/checkout/${UUID}/payment > /checkout/[token]/payment
/gift_cards/1234567/${HEX} > /gift_cards/1234567/[token]
/gift-card/${UUID} > /gift-card/[token]
/checkout/order-received/1234/?key=wc_order_a1B2c3D4e5F6g > /checkout/order-received/1234/
/checkout/order-pay/1234/key=wc_order_a1B2c3D4e5F6g > /checkout/order-pay/1234/key=[token]
/order/${UUID} > /order/[token]
/confirmation/${UUID} > /confirmation/[token]
/confirmed/${UUID} > /confirmed/[token]
/complete/${UUID} > /complete/[token]
/merci/${UUID} > /merci/[token]
/gracias/${UUID} > /gracias/[token]
/grazie/${UUID} > /grazie/[token]
/obrigado/${UUID} > /obrigado/[token]
/bedankt/${UUID} > /bedankt/[token]
/dziekujemy/${UUID} > /dziekujemy/[token]
/orden/${UUID} > /orden/[token]
/compra/${UUID} > /compra/[token]
/ordine/${UUID} > /ordine/[token]
/ordre/${UUID} > /ordre/[token]
/zamowienie/${UUID} > /zamowienie/[token]
/objednavka/${UUID} > /objednavka/[token]
/comanda/${UUID} > /comanda/[token]
/siparis/${UUID} > /siparis/[token]
/pay/${UUID} > /pay/[token]
/rechnung/${UUID} > /rechnung/[token]
/facture/${UUID} > /facture/[token]
/konto/${UUID} > /konto/[token]
/warenkorb/${UUID} > /warenkorb/[token]
/panier/${UUID} > /panier/[token]
/carrito/${UUID} > /carrito/[token]
/transaction/${UUID} > /transaction/[token]
/booking/${UUID} > /booking/[token]
/reservations/${UUID} > /reservations/[token]
/account/order/AbCd1234EfGh5678IjKl9012MnOp3456 > /account/order/[token]
/orders/${UUID}/status > /orders/[token]/status
/order-status/${UUID} > /order-status/[token]
/guest/a8f3k2l9m1 > /guest/[token]
/track/${UUID} > /track/[token]
/tracking/1Z999AA10123456784 > /tracking/[token]
/tracking/00340434161094042557 > /tracking/[token]
/invoice/${UUID} > /invoice/[token]
/returns/${UUID} > /returns/[token]
/cart/${UUID} > /cart/[token]
/users/${UUID}/settings > /users/[token]/settings
/s/abc123def456ghi/photo > /s/[token]/photo
/share/a8F3k2L9 > /share/[token]
/shared/${UUID} > /shared/[token]
/document/d/1A2b3C4d5E6f7G8h9I0jK1lM2nO3pQ4rS5tU6vW7xY8z/edit > /document/d/[token]/edit
/scl/fi/q7w8e9r0t1y2u3i4o5p6/brief.pdf?rlkey=a8f3k2 > /scl/fi/[token]/brief.pdf
/drive/folders/1-Ab2Cd3Ef4Gh5Ij6Kl7Mn8Op9Qr0St1Uv > /drive/folders/[token]
/a/b;jsessionid=0A1B2C3D4E.node1 > /a/b;jsessionid=[token]
/a/b;jsessionid=${HEX} > /a/b;jsessionid=[token]
/a;PHPSESSID=k2j4h5g6f7 > /a;PHPSESSID=[token]
/(S(lit3py55t21z5v55vlm25s55))/cart > /[token]/cart
/token/abc123 > /token/[token]
/token=abc123/x > /token=[token]/x
/v/V1StGXR8_Z5jdHi6B-myT > /v/[token]
/claim/9x8y7z > /claim/[token]
/redeem/GIFT-7K2M-9Q4X > /redeem/[token]
/r/https%3A%2F%2Fshop.example%2Freset%2Fa8f3k2l9 > /r/https%3A%2F%2Fshop.example%2Freset%2F[token]
/r/reset%2F${HEX} > /r/reset%2F[token]
/${HEX} > /[token]
/x/${HEX}${HEX} > /x/[token]
/?utm_content=${HEX} > /?utm_content=[token]
/checkout/success/${UUID} > /checkout/success/[token]
/${UUID} > /[token]
/order_${UUID} > /[token]
/order-${UUID}/ > /[token]/
/de/order:${UUID} > /de/order:[token]
/u/${UUID} > /u/[token]
/me/${UUID}/edit > /me/[token]/edit
/delivery/${UUID} > /delivery/[token]
/track-my-parcel/${UUID} > /track-my-parcel/[token]
/winkelwagen/${UUID} > /winkelwagen/[token]
/winkelmandje/toevoegen/${UUID} > /winkelmandje/toevoegen/[token]
/red-mug/${UUID} > /red-mug/[token]
/thank-you-cards/${UUID} > /thank-you-cards/[token]
/made-to-order/${UUID} > /made-to-order/[token]
/red-mug-${UUID} > /red-mug-[token]
/c/${UUID} > /c/[token]
/checkouts/c/${UUID} > /checkouts/c/[token]
/orders/details/${UUID} > /orders/details/[token]
/account/orders/items/${HEX} > /account/orders/items/[token]
/%7B${UUID}%7D > /[token]
/%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7/${UUID} > /%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7/[token]
/%E6%B3%A8%E6%96%87/${UUID} > /%E6%B3%A8%E6%96%87/[token]
/lieferung/8c5a9d7e6f > /lieferung/[token]
/%CF%80%CE%B1%CF%81%CE%B1%CE%B3%CE%B3%CE%B5%CE%BB%CE%AF%CE%B1/${UUID} > /%CF%80%CE%B1%CF%81%CE%B1%CE%B3%CE%B3%CE%B5%CE%BB%CE%AF%CE%B1/[token]
/%D1%82%D0%BE%D0%B2%D0%B0%D1%80/${UUID} > /%D1%82%D0%BE%D0%B2%D0%B0%D1%80/[token]
/checkout/onepage/success/${UUID}/ > /checkout/onepage/success/[token]/
/en/checkout/complete/${UUID}.html > /en/checkout/complete/[token]
/order/confirmed/${UUID} > /order/confirmed/[token]
/thank-you/${UUID} > /thank-you/[token]
/thanks/order_${UUID} > /thanks/[token]
/success/${UUID} > /success/[token]
/payment/callback/${UUID} > /payment/callback/[token]
/checkout/success;id=${UUID} > /checkout/success;id=[token]
/kasse/danke/${UUID} > /kasse/danke/[token]
/commande/confirmation/${UUID} > /commande/confirmation/[token]
/bestellung/${UUID} > /bestellung/[token]
/my-orders/${UUID} > /my-orders/[token]
/order-summary/${UUID} > /order-summary/[token]
/order-confirmation/9f86d081884c7d65 > /order-confirmation/[token]
/order-confirmation/9f86d081 > /order-confirmation/[token]
/orders/8c5a9d7e6f/thank_you > /orders/[token]/thank_you
/checkout/success/a8Fk29xQ > /checkout/success/[token]
/order/ord_2f8a9d7c > /order/[token]
/order/order_01HXYZABCDEFGHJKMNPQRSTVWX > /order/[token]
/order/wc_order_AbCdEfGhIjKlM > /order/[token]
/x/wc_order_AbCdEfGhIjKlM > /x/[token]
/checkout/${UUID}/products/${UUID} > /checkout/[token]/products/${UUID}
/r/checkout%2Fsuccess%2F${UUID} > /r/checkout%2Fsuccess%2F[token]
/?utm_source=x&token=${HEX}#access_token=${JWT} > /?utm_source=x
`.trim().split('\n').map((line) => line.split(' > ').map((path) => `https://shop.example${path}`) as [string, string]);
