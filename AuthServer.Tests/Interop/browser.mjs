// A browser without scripts: keeps cookies, follows redirects within the server, fills in forms, and stops where it is sent elsewhere.
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = text => text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (all, hex, decimal, name) =>
  name ? entities[name] ?? all : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)));
const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s/>])`, 'i'));
  return found ? unescape(found[1] ?? '') : undefined;
};

export class Browser {
  #cookies = new Map();
  page = '';

  /** @param {string} server The server's origin: everything else is "elsewhere". */
  constructor(server) {
    this.server = server;
  }

  /** Null where the server answered with a page; else where it sent the browser: a URL, or the Request of a posted form. */
  async go(url, init = {}) {
    for (let hops = 0; hops < 20; hops++) {
      this.url = new URL(url, this.server);
      if (this.url.origin !== this.server) {
        return init.body ? new Request(this.url, init) : this.url;
      }

      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(this.url, { ...init, redirect: 'manual', headers: cookie ? { cookie } : {} });
      this.#keep(response.headers.getSetCookie());
      this.page = await response.text();
      this.status = response.status;
      if (!response.headers.has('location')) {
        return null;
      }

      url = new URL(response.headers.get('location'), this.url);
      init = {};
    }

    throw new Error(`The server redirects without end, last to ${this.url}.`);
  }

  /** Submits the first form, or the one with this button, with these values in place of its own. */
  submit(values = {}, button) {
    const forms = this.page.match(/<form\b[\s\S]*?<\/form>/gi) ?? [];
    const pressed = form => (form.match(/<button\b[^>]*>[\s\S]*?<\/button>/gi) ?? []).find(found => !button || found.includes(`>${button}<`));
    const form = forms.find(pressed);
    if (!form) {
      throw new Error(`No form ${button ? `with the button ${button} ` : ''}on ${this.url} (${this.status}):\n${this.text}`);
    }

    const body = new URLSearchParams();
    for (const input of form.match(/<input\b[^>]*>/gi) ?? []) {
      const unticked = /checkbox|radio/.test(attribute(input, 'type')) && attribute(input, 'checked') === undefined;
      if (attribute(input, 'name') && attribute(input, 'disabled') === undefined && !unticked) {
        body.append(attribute(input, 'name'), attribute(input, 'value') ?? '');
      }
    }

    const name = attribute(pressed(form), 'name');
    Object.entries({ ...(name && { [name]: attribute(pressed(form), 'value') }), ...values }).forEach(([key, value]) => body.set(key, value));
    return this.go(new URL(attribute(form.match(/<form\b[^>]*>/i)[0], 'action') || this.url, this.url), { method: 'POST', body });
  }

  get text() {
    return unescape(this.page.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
  }

  #keep(lines) {
    for (const line of lines) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      const gone = /;\s*(max-age=0|expires=[^;]*\b1970\b)/i.test(line);
      gone ? this.#cookies.delete(name) : this.#cookies.set(name, value);
    }
  }
}
