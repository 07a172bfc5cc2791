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
 workplace .com work.facebook.com
 bluesky bsky.app skyfeed.app bsky /xyz.blueskyweb.app
 mastodon .social .online .world .cloud .xyz .at fediverse /org.joinmastodon.android
 pixelfed .social .de
 tumblr .com t.umblr.com
 vk .com .ru rb_clickid=
 ok .ru odnoklassniki.ru
 moimir my.mail.ru
 weibo .com .cn
 xiaohongshu .com xhslink.com
 lemon8 lemon8-app.com
 douyin .com iesdouyin.com
 qzone .qq.com
 douban .com
 renren .com
 xing .com
 nextdoor .com .co.uk ndclid=
 nebenan .de
 flipboard .com flip.it
 mixi .jp
 hatena b.hatena.ne.jp d.hatena.ne.jp
 kakaostory story.kakao.com
 band .us
 dzen .ru zen.yandex.ru
 draugiem .lv
 nk .pl
 myspace .com
 badoo .com
 truthsocial .com
 gab .com
 mewe .com
 farcaster .xyz warpcast.com
 foursquare .com
 flickr .com flic.kr
 dribbble .com
 behance .net
 deviantart .com
 soundcloud .com gate.sc
 lastfm last.fm .ru
 goodreads .com
 patreon .com
video
 kuaishou .com gifshow.com
 youtube .com youtu.be youtube-nocookie.com yt /com.google.android.youtube
 twitch .tv
 vimeo .com
 dailymotion .com dai.ly
 bilibili .com .tv
 niconico nicovideo.jp nico.ms
 kick .com
 rumble .com
 rutube .ru
 youku .com
 douyu .com
 huya .com
forum
 !naver_community blog.naver.com cafe.naver.com
 disqus .com disq.us
 reddit .com redd.it rd rdt_cid= /com.reddit.frontpage
 quora .com qr.ae qclid=
 hackernews news.ycombinator.com hn.algolia.com
 producthunt .com
 github .com
 stackoverflow .com stackexchange.com
 lemmy .world .ml
 tildes .net
 lobsters lobste.rs
 slashdot .org
 v2ex .com
 zhihu .com
 tieba .baidu.com
 gutefrage .net
 meneame .net
 pikabu .ru
publishing
 ameba ameblo.jp .jp
 livejournal .com .ru
 !medium .com
 substack .com
 !wordpress .com
 blogger .com blogspot.*
 note_jp note.com
 devto dev.to
linkinbio
 linktree linktr.ee
 !linkinbio_other beacons.ai lnk.bio
messaging
 qq im.qq.com qun.qq.com
 discord .com .gg
 slack .com slack-redir.net
 teams .microsoft.com .live.com
 viber .com
 zalo .me
 signal .org .me
 skype web.skype.com
 google_messages messages.google.com chat.google.com
 dingtalk .com
 lark larksuite.com feishu.cn
search
 google =google.* images.google.* cse.google.* encrypted.google.com lens.google.com search.google.com googlesearch $adwords $gads $googleadwords gclid= wbraid= gbraid= gad_source= gad_campaignid= gclsrc= dclid= srsltid? /com.google.android.googlequicksearchbox
 google_news news.google.com
 bing .com cc.bingj.com ntp.msn.com microsoft msclkid= /com.microsoft.bing
 yahoo search.yahoo.com =yahoo.com
 duckduckgo .com
 yandex =yandex.* =ya.ru yclid= ymclid= ysclid?
 baidu =baidu.com m.baidu.com bd_vid=
 ecosia .org
 brave search.brave.com
 naver search.naver.com =naver.com NaPm?
ai
 chatgpt .com chat.openai.com labs.openai.com openai :openai.com /com.openai.chatgpt
 perplexity .ai pplx.ai
 gemini .google.com bard.google.com
 copilot .microsoft.com .com
 claude .ai .com
 deepseek .com
 grok .com
 mistral .ai
 meta_ai meta.ai
 poe .com
 !you .com
 phind .com
 !character_ai character.ai
 !duck_ai duck.ai
 notebooklm .google.com
 qwen .ai
 kimi .com .moonshot.cn
 doubao .com
 ernie yiyan.baidu.com .baidu.com
 yuanbao .tencent.com
 chatglm .cn
 genspark .ai
 felo .ai
 !pi .ai
 iask .ai
 jasper .ai
 writesonic app.writesonic.com
 lumo .proton.me
email
 gmail mail.google.com inbox.google.com /com.google.android.gm
 outlook .live.com mail.live.com
 yahoo_mail mail.yahoo.com mail.yahoo.co.jp
 proton mail.proton.me mail.protonmail.com
 gmx lightmailer.gmx.net lightmailer.gmx.de
 webde 3c.web.de 3c-bap.web.de
 icloud =icloud.com
ads
 google_ads_network doubleclick.net googlesyndication.com
 taboola .com tblci=
 outbrain .com dicbo= ob_click_id=
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
