// Made of social-sources.json by compact-networks.mjs: change it there, then `npm run build`.

/**
 * The networks of the script, by category. A line is a network: its id, then its words.
 *
 *     fb         name in utm_source; the id is one too, but not behind a `!`; with a dot :tik.tok; + is a space
 *     fb.com     host, with its subdomains       .com      the id and this: facebook.com
 *     =ya.ru     that host only                  yandex.*  any country's ending
 *     $adwords   name in utm_source for ads      /com.app  package of the Android app
 *     gclid=     click id of ads alone           fbclid?   click id that free links bear too
 *     ~FBAN/     mark of its in-app browser in the user agent
 *
 * Of a word that stands twice, the last counts; of marks, the first that is found.
 */
export const TABLE = `messaging
 messenger .com m.me fbmessenger fb_messenger facebook-messenger msg ~FBAN/Messenger ~Orca-Android ~FB_IAB/MESSENGER /com.facebook.orca
social
 instagram .com instagr.am ig.me ig insta igshopping igshid? igsh? ~Instagram+ /com.instagram.android
 threads .com .net ~Barcelona+ /com.instagram.barcelona
messaging
 whatsapp .com wa.me l.wl.co wa whats_app ~WAiOS/ ~WA4A/ /com.whatsapp
social
 facebook .com fb.com fb.me fb.watch fb meta face fcb fbclid? ~FBAN/ ~FBAV/ ~FB_IAB/ ~MetaIAB /com.facebook.katana
 x .com twitter.com t.co twitter tw twtr x-twitter twclid= ~Twitter /com.twitter.android
 linkedin .com lnkd.in li linked-in linked_in li_fat_id= ~LinkedInApp /com.linkedin.android
 pinterest .com .at .ca .ch .cl .co.kr .co.uk .com.au .com.mx .de .dk .es .fr .ie .info .it .jp .nz .ph .pt .ru .se pin.it pin pins epik? ~[Pinterest/ /com.pinterest
 tiktok .com tt tik_tok tik-tok :tik.tok ttclid= ~musical_ly ~trill_ ~TikTok /com.zhiliaoapp.musically
 snapchat .com snap ScCid= sclid= ~Snapchat /com.snapchat.android
messaging
 telegram t.me .me .org .dog telegra.ph tg ~Telegram-Android/ /org.telegram.messenger
 wecom work.weixin.qq.com ~wxwork
 wechat .com mp.weixin.qq.com channels.weixin.qq.com weixin110.qq.com wx.qq.com weixin wx ~MicroMessenger/ /com.tencent.mm
 line .me lin.ee line_official lineofficial ~+Line/ /jp.naver.line.android
 kakaotalk pf.kakao.com open.kakao.com =kakao.com kakaocorp.com kakao $kakaomoment ~KAKAOTALK /com.kakao.talk
social
 badoo .com
 band .us
 behance .net
 bluesky bsky.app skyfeed.app bsky /xyz.blueskyweb.app
 deviantart .com
 douban .com
 douyin .com iesdouyin.com
 draugiem .lv
 dribbble .com
 dzen .ru zen.yandex.ru
 farcaster .xyz warpcast.com
 flickr .com flic.kr
 flipboard .com flip.it
 foursquare .com
 gab .com
 goodreads .com
 hatena b.hatena.ne.jp d.hatena.ne.jp
 kakaostory story.kakao.com
 lastfm last.fm .ru
 lemon8 lemon8-app.com
 mastodon .social .online .world .cloud .xyz .at fediverse /org.joinmastodon.android
 mewe .com
 mixi .jp
 moimir my.mail.ru
 myspace .com
 nebenan .de
 nextdoor .com .co.uk ndclid=
 nk .pl
 ok .ru odnoklassniki.ru
 patreon .com
 pixelfed .social .de
 qzone .qq.com
 renren .com
 soundcloud .com gate.sc
 truthsocial .com
 tumblr .com t.umblr.com
 vk .com .ru rb_clickid=
 weibo .com .cn
 workplace .com work.facebook.com
 xiaohongshu .com xhslink.com
 xing .com
video
 bilibili .com .tv
 dailymotion .com dai.ly
 douyu .com
 huya .com
 kick .com
 kuaishou .com gifshow.com
 niconico nicovideo.jp nico.ms
 rumble .com
 rutube .ru
 twitch .tv
 vimeo .com
 youku .com
 youtube .com youtu.be youtube-nocookie.com yt /com.google.android.youtube
forum
 !naver_community blog.naver.com cafe.naver.com
 disqus .com disq.us
 github .com
 gutefrage .net
 hackernews news.ycombinator.com hn.algolia.com
 lemmy .world .ml
 lobsters lobste.rs
 meneame .net
 pikabu .ru
 producthunt .com
 quora .com qr.ae qclid=
 reddit .com redd.it rd rdt_cid= /com.reddit.frontpage
 slashdot .org
 stackoverflow .com stackexchange.com
 tieba .baidu.com
 tildes .net
 v2ex .com
 zhihu .com
publishing
 !medium .com
 !wordpress .com
 ameba ameblo.jp .jp
 blogger .com blogspot.*
 devto dev.to
 livejournal .com .ru
 note_jp note.com
 substack .com
linkinbio
 !linkinbio_other beacons.ai lnk.bio
 linktree linktr.ee
messaging
 dingtalk .com
 discord .com .gg
 google_messages messages.google.com chat.google.com
 lark larksuite.com feishu.cn
 qq im.qq.com qun.qq.com
 signal .org .me
 skype web.skype.com
 slack .com slack-redir.net
 teams .microsoft.com .live.com
 viber .com
 zalo .me
search
 baidu =baidu.com m.baidu.com bd_vid=
 bing .com cc.bingj.com ntp.msn.com microsoft msclkid= /com.microsoft.bing
 brave search.brave.com
 duckduckgo .com
 ecosia .org
 google =google.* images.google.* cse.google.* encrypted.google.com lens.google.com search.google.com googlesearch $adwords $gads $googleadwords gclid= wbraid= gbraid= gad_source= gad_campaignid= gclsrc= dclid= srsltid? /com.google.android.googlequicksearchbox
 google_news news.google.com
 naver search.naver.com =naver.com NaPm?
 yahoo search.yahoo.com =yahoo.com
 yandex =yandex.* =ya.ru yclid= ymclid= ysclid?
ai
 !character_ai character.ai
 !duck_ai duck.ai
 !pi .ai
 !you .com
 chatglm .cn
 chatgpt .com chat.openai.com labs.openai.com openai :openai.com /com.openai.chatgpt
 claude .ai .com
 copilot .microsoft.com .com
 deepseek .com
 doubao .com
 ernie yiyan.baidu.com .baidu.com
 felo .ai
 gemini .google.com bard.google.com
 genspark .ai
 grok .com
 iask .ai
 jasper .ai
 kimi .com .moonshot.cn
 lumo .proton.me
 meta_ai meta.ai
 mistral .ai
 notebooklm .google.com
 perplexity .ai pplx.ai
 phind .com
 poe .com
 qwen .ai
 writesonic app.writesonic.com
 yuanbao .tencent.com
email
 gmail mail.google.com inbox.google.com /com.google.android.gm
 gmx lightmailer.gmx.net lightmailer.gmx.de
 icloud =icloud.com
 outlook .live.com mail.live.com
 proton mail.proton.me mail.protonmail.com
 webde 3c.web.de 3c-bap.web.de
 yahoo_mail mail.yahoo.com mail.yahoo.co.jp
ads
 google_ads_network doubleclick.net googlesyndication.com
 outbrain .com dicbo= ob_click_id=
 taboola .com tblci=
affiliate
 awin awin1.com awc?
internal
 ! shop.app pagseguro.uol.com.br franceconnect.gouv.fr zip.co flow.cl nets.eu getalma.eu swish.nu ideal.nl momo.vn doku.com lyra.com pagar.me appleid.apple.com access.line.me nid.naver.com open.weixin.qq.com id.vk.com id.vk.ru hooks.stripe.com
email
 ! _kx? _ke? mc_eid? mc_cid? _hsenc? _hsmi? mkt_tok? vero_id? ml_subscriber? ck_subscriber_id? dm_i? elqTrackId? __s? oly_enc_id? bbeml?`;

/** Words in utm_medium by what they mean, with or without a last s; the first line that has one decides. */
export const MEDIUMS = `offline qr qrcode print flyer leaflet brochure poster billboard ooh dooh tv radio catalog catalogue packaging instore store pos nfc directmail direct-mail magazine newspaper
email mail newsletter mailing edm
sms mms rcs
push webpush notification pushnotification
affiliate affiliation aff partnership cashback coupon voucher
influencer influencermarketing creator ambassador kol ugc
shared_link share shared sharing sharebutton socialshare copylink copy-link webshare
ai_assistant ai aiassistant llm
paid cpc ppc cpm cpv cpa cpl cpe cpi paidsocial paidsearch paidmedia ad advertising sponsored boosted promoted sem sea retargeting remarketing pmax dpa
display banner expandable interstitial native programmatic gdn dv360
organic_social social socialmedia socialnetwork sm smm organicsocial socialorganic
organic_search organic organicsearch seo
messaging messenger chat dm whatsapp telegram
referral app link website`;

/** Words that mean the same as utm_source, where there is no utm_medium. */
export const SOURCES = `sms
offline qr qrcode qr-code print flyer packaging
affiliate affiliates
push webpush onesignal
influencer creator
email e-mail mailing mailchimp klaviyo brevo sendinblue`;

/** Names of domains that hand a visitor back, whatever their ending: payment and sign-in. */
export const HANDING_BACK = 'paypal klarna adyen mollie sofort paydirekt affirm sezzle 2checkout payu przelewy24 barion ccavenue paytm phonepe cashfree billdesk payfast yoco paystack flutterwave mercadopago pagseguro ebanx transbank khipu wompi conekta yookassa robokassa tinkoff iyzico paytr 2c2p xendit midtrans inicis oppwa paytabs knet trustly vipps bambora paytrail buckaroo payconiq bancontact redsys bizum nexi payplug payzen paybox oney braintreegateway authorize squareup cardinalcommerce arcot twint paysafecard skrill okta auth0 onelogin bankid itsme franceconnect svea qliro ogone monetico-services sequra gocardless';

/** Names that say by themselves which network it is, whatever follows: `instagram stories`. Others are words of any language, such as line and face. */
export const PHRASES = 'facebook fb meta instagram insta ig tiktok youtube yt pinterest snapchat linkedin twitter whatsapp telegram reddit bluesky mastodon wechat kakaotalk kakao google bing gmail chatgpt';

/** Networks of one owner, who shows the same ads on all of them. */
export const OWNERS = 'google youtube google_ads_network google_news|facebook instagram messenger threads whatsapp workplace|bing linkedin copilot outlook|tiktok lemon8';
