import { floods, windows } from './h2-floods.ts';
import { one, open, type Door, type Form, type Limits } from './h2-form.ts';
import { flags, frame, literals, PREFACE, setting, types } from './h2-frames.ts';
import { lastPing, readFrames } from './h2-reading.ts';
import { bodies, framing, requests } from './h2-malformed.ts';
import type { Kind, Target } from './http-kinds.ts';
import type { Random } from './random.ts';

type Choose = (random: Random) => Target & { readonly servername?: string };

interface KindOptions {
  readonly name: string;
  readonly forms: Readonly<Record<string, Form>>;
  readonly choose: Choose;
  readonly limits: Limits;
  /** Whether a PING at the end tells that all was read. */
  readonly hasPing: boolean;
}

/** A kind of many forms, whose outcomes begin with the form's name. */
function kindOf({ name, forms, choose, limits, hasPing }: KindOptions): Kind {
  const all = Object.entries(forms);
  return {
    name,
    right: new RegExp(all.map(([form, [right]]) => `^${form}: (${right})$`).join('|')),
    attempt(random, id) {
      const { servername, ...to } = choose(random);
      const [form, [, frames]] = random.oneOf(all);
      const usual = { ':method': 'GET', ':scheme': 'https', ':authority': to.host, ':path': `${to.path}${id}` };
      const request: Door['request'] = (own = {}, ...more) =>
        literals([...Object.entries({ ...usual, ...own }).filter(([, value]) => value !== ''), ...more]);
      const { send, streams = [], settings, drip = [] } = frames({ ...to, id, random, limits, request });
      // With no table of its own to remember fields in, every status is written out.
      const first = frame(types.SETTINGS, 0, 0, Buffer.concat([setting(1, 0), ...(settings ? [settings] : [])]));
      const begin = [Buffer.from(PREFACE), first, frame(types.SETTINGS, flags.ACK, 0), ...send];
      const ping = hasPing ? [frame(types.PING, 0, 0, lastPing)] : [];
      return {
        port: to.port,
        servername,
        send: [Buffer.concat([...begin, ...ping]), ...drip],
        pauseMs: 300,
        reading: readFrames(form, streams, hasPing),
      };
    },
  };
}

/** Speaks HTTP/2 as nobody should. */
export function hostileHttp2(choose: Choose, limits: Limits): Kind {
  const forms = { ...floods, ...windows, ...framing, ...requests, ...bodies };
  return kindOf({ name: 'HTTP/2', forms, choose, limits, hasPing: true });
}

const post = { ':method': 'POST' };
const bytewise = Array.from({ length: 100 }, () => frame(types.DATA, 0, 1, Buffer.from('b')));

/** Begins on HTTP/2, and never comes to an end. */
export function slowHttp2(choose: Choose, limits: Limits): Kind {
  const forms: Readonly<Record<string, Form>> = {
    'no body': ['504', ({ request }) => one(open(request(post)))],
    'a body now and then': [
      '504(, reset STREAM_CLOSED)?',
      ({ request }) => ({ ...one(open(request(post))), drip: bytewise }),
    ],
    'half of a frame': ['goaway NO_ERROR', () => one(Buffer.from([0, 1, 0, types.HEADERS, 0, 0, 0, 0, 1]))],
  };
  return kindOf({ name: 'slow HTTP/2', forms, choose, limits, hasPing: false });
}
