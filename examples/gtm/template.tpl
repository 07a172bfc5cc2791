___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Waymark",
  "categories": ["ANALYTICS"],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Waymark"
  },
  "description": "Marks every step of the customer journey and sends it to your own collector.",
  "containerContexts": ["WEB"]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "TEXT",
    "name": "script",
    "displayName": "Address of waymark.min.js",
    "simpleValueType": true,
    "valueHint": "https://cdn.shop.example/waymark.min.js",
    "valueValidators": [{ "type": "REGEX", "args": ["^https://[^?#]+$"] }]
  },
  {
    "type": "TEXT",
    "name": "collector",
    "displayName": "Collector",
    "simpleValueType": true,
    "valueHint": "https://collect.shop.example/v1/events",
    "valueValidators": [{ "type": "REGEX", "args": ["^(https:/)?/.+$"] }]
  },
  {
    "type": "SIMPLE_TABLE",
    "name": "options",
    "displayName": "More options",
    "help": "As in Waymark's README: currency, sessionMinutes, internalHosts ...",
    "simpleTableColumns": [
      { "type": "TEXT", "name": "name", "displayName": "Option", "defaultValue": "" },
      { "type": "TEXT", "name": "value", "displayName": "Value", "defaultValue": "" }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const injectScript = require('injectScript');
const encodeUriComponent = require('encodeUriComponent');

// A template cannot set attributes: Waymark reads its options from its own address.
let address = data.script + '?collector=' + encodeUriComponent(data.collector);
for (let i = 0; data.options && i < data.options.length; i++) {
  const option = data.options[i];
  address += '&' + encodeUriComponent(option.name) + '=' + encodeUriComponent(option.value);
}
injectScript(address, data.gtmOnSuccess, data.gtmOnFailure, 'waymark');


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": { "publicId": "inject_script", "versionId": "1" },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [{ "type": 1, "string": "https://cdn.shop.example/*" }]
          }
        }
      ]
    },
    "clientAnnotations": { "isEditedByUser": true },
    "isRequired": true
  }
]


___TESTS___

scenarios: []


___NOTES___

Part of Waymark: examples/gtm.
