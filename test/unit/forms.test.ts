// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { formEvent } from '../../src/capture/forms.js';

function eventOf(markup: string): string | undefined {
  document.body.innerHTML = markup;
  return formEvent(document.querySelector('form')!);
}
const EMAIL = '<input type="email" name="email">';
const PASSWORD = '<input type="password">';

describe('a newsletter form', () => {
  test.each([
    ['by its class', `<form class="footer__newsletter newsletter-form">${EMAIL}</form>`],
    ['by its id', `<form id="mc-embedded-subscribe-form"><input type="email" name="EMAIL"></form>`],
    ['by its address', `<form action="/newsletter/subscribe">${EMAIL}</form>`],
    ['by its name, in camel case', `<form name="footerNewsletterForm">${EMAIL}</form>`],
    ['by its label', `<form aria-label="Subscribe to our letters">${EMAIL}</form>`],
    ['as a mailing list', `<form class="mailing-list">${EMAIL}</form>`],
    ['by a text field for an address', `<form class="newsletter"><input type="text" name="your-Email"></form>`],
    ['with fields that bear the names of its own', `<form class="newsletter" action="/a">${EMAIL}<input name="action" value="x"><input name="id"><input name="name"></form>`],
    ['by the shop\'s word', `<form data-waymark-form="newsletter"><input name="x"></form>`],
  ])('is one %s', (_, markup) => {
    expect(eventOf(markup)).toBe('subscribe');
  });
});

describe('a form for an account', () => {
  test.each([
    ['by its new password', `<form>${EMAIL}<input type="password" autocomplete="new-password"></form>`],
    ['by its new password among other words', `<form>${EMAIL}<input type="password" autocomplete="section-a new-password"></form>`],
    ['by two passwords', `<form>${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['by a user name and two passwords', `<form><input autocomplete="username">${PASSWORD}${PASSWORD}</form>`],
    ['with a newsletter in its name', `<form class="register newsletter">${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['by the shop\'s word', `<form data-waymark-form="account"><input name="x"></form>`],
  ])('is one %s', (_, markup) => {
    expect(eventOf(markup)).toBe('sign_up');
  });
});

describe('neither', () => {
  test.each([
    ['a login', `<form class="login">${EMAIL}<input type="password" autocomplete="current-password"></form>`],
    ['a login without a word', `<form>${EMAIL}${PASSWORD}</form>`],
    ['a login in a newsletter box', `<form class="newsletter">${EMAIL}${PASSWORD}</form>`],
    ['a change of the password', `<form>${EMAIL}<input type="password" autocomplete="current-password"><input type="password" autocomplete="new-password"></form>`],
    ['a change with three passwords', `<form>${EMAIL}${PASSWORD}${PASSWORD}${PASSWORD}</form>`],
    ['a new password after a loss', `<form action="/password/reset">${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['a new password alone', `<form>${PASSWORD}${PASSWORD}</form>`],
    ['a checkout', `<form class="newsletter-opt-in">${EMAIL}<input autocomplete="shipping street-address"></form>`],
    ['a checkout with an account', `<form>${EMAIL}<input autocomplete="address-line1"><input type="password" autocomplete="new-password"></form>`],
    ['a payment', `<form class="subscribe">${EMAIL}<input autocomplete="cc-number"></form>`],
    ['a contact form', `<form class="contact newsletter">${EMAIL}<textarea></textarea></form>`],
    ['any form with an address', `<form class="notify-me">${EMAIL}</form>`],
    ['a search', `<form action="/search"><input type="search" name="q"></form>`],
    ['a newsletter without an address', `<form class="newsletter"><input type="checkbox"></form>`],
    ['the end of a newsletter', `<form action="/newsletter/unsubscribe">${EMAIL}</form>`],
    ['its settings', `<form action="/newsletter/preferences">${EMAIL}</form>`],
    ['a word that only holds one', `<form class="newslettered resubscriber">${EMAIL}</form>`],
    ['what the shop says is none', `<form class="newsletter" data-waymark-form="none">${EMAIL}</form>`],
    ['what the shop says with no word', `<form class="newsletter" data-waymark-form>${EMAIL}</form>`],
    ['what the shop calls like a part of any object', `<form class="newsletter" data-waymark-form="toString">${EMAIL}</form>`],
  ])('is %s', (_, markup) => {
    expect(eventOf(markup)).toBeUndefined();
  });
});
