import {
  firstWindow,
  GIVEN_UP,
  NO_ROUTE,
  odd,
  one,
  open,
  RESET,
  settings,
  times,
  whole,
  window,
  WINDOW_MOST,
  type Form,
} from './h2-form.ts';
import { flags, frame, headers, indexed, literals, remembered, types, u32, type Field } from './h2-frames.ts';

const takenBack = (stream: number) => frame(types.RST_STREAM, 0, stream, u32(8));
const noRoute = { ':path': '/admin' };
const post = { ':method': 'POST' };

/** Much of what costs the other side something. */
export const floods: Readonly<Record<string, Form>> = {
  'requests taken back': [
    'nothing|goaway ENHANCE_YOUR_CALM',
    ({ request, path, id }) => {
      const block = (index: number) => request({ ':path': `${path}${id}-${index}` });
      return whole(...times(20, (at) => Buffer.concat([headers(odd(at), block(at)), takenBack(odd(at))])));
    },
  ],
  'requests taken back at once': [
    `nothing|${NO_ROUTE}|(${NO_ROUTE}, )?goaway ENHANCE_YOUR_CALM`,
    ({ request }) => {
      const block = request(noRoute);
      return whole(...times(1_000, (at) => Buffer.concat([headers(odd(at), block), takenBack(odd(at))])));
    },
  ],
  'resets that the other side makes': [
    `(${NO_ROUTE}, )?(goaway ENHANCE_YOUR_CALM, )?${RESET}`,
    ({ request }) => {
      const block = request(noRoute);
      return whole(...times(500, (at) => Buffer.concat([headers(odd(at), block), window(odd(at), 0)])));
    },
  ],
  CONTINUATION: [
    `${GIVEN_UP}|closed`,
    ({ request, random }) =>
      whole(
        frame(types.HEADERS, 0, 1, request()),
        ...times(64, () => frame(types.CONTINUATION, 0, 1, literals([['x', 'a'.repeat(16_000 + random.below(300))]]))),
      ),
  ],
  'empty CONTINUATION': [
    '200',
    ({ request }) =>
      one(
        frame(types.HEADERS, flags.END_STREAM, 1, request()),
        ...times(2_000, () => frame(types.CONTINUATION, 0, 1)),
        frame(types.CONTINUATION, flags.END_HEADERS, 1),
      ),
  ],
  'one large field, referred to over and over': [
    '431',
    ({ request }) => {
      const bomb = [request(), remembered(['x', 'a'.repeat(4_000)]), ...times(10_000, () => indexed(62))];
      return one(headers(1, Buffer.concat(bomb)));
    },
  ],
  'many small fields': [
    '431',
    ({ request, limits }) => {
      const small: Field = ['a', ''];
      return one(headers(1, request({}, ...Array<Field>(limits.headerBytes / 32).fill(small))));
    },
  ],
  'one field above the limit': [
    'goaway COMPRESSION_ERROR',
    ({ request, limits }) => one(headers(1, request({ x: 'a'.repeat(limits.headerBytes + 1_000) }))),
  ],
  SETTINGS: ['nothing', () => whole(...times(2_000, () => frame(types.SETTINGS, 0, 0)))],
  PING: ['nothing', () => whole(...times(2_000, () => frame(types.PING, 0, 0, Buffer.alloc(8))))],
  PRIORITY: ['nothing', () => whole(...times(2_000, (at) => frame(types.PRIORITY, 0, odd(at), Buffer.alloc(5, 1))))],
  WINDOW_UPDATE: ['nothing', () => whole(...times(2_000, () => window(0, 1)))],
  'frames of no type': [
    'nothing',
    ({ random }) => whole(...times(2_000, () => frame(100 + random.below(100), 0, 1, random.bytes(16)))),
  ],
  'empty DATA': [
    '200',
    ({ request }) =>
      one(open(request(post)), ...times(2_000, () => frame(types.DATA, 0, 1)), frame(types.DATA, flags.END_STREAM, 1)),
  ],
};

/** How much may be sent, and at how many places. */
export const windows: Readonly<Record<string, Form>> = {
  'no more window': [GIVEN_UP, () => whole(window(0, 0))],
  'window above the most': ['goaway FLOW_CONTROL_ERROR', () => whole(window(0, WINDOW_MOST))],
  'first window above the most': ['goaway FLOW_CONTROL_ERROR', () => whole(settings(4, WINDOW_MOST + 1))],
  'no more window of a stream': [RESET, ({ request }) => one(open(request(post)), window(1, 0))],
  'window of a stream above the most': [
    'reset FLOW_CONTROL_ERROR',
    ({ request }) => one(open(request(post)), window(1, WINDOW_MOST)),
  ],
  'body above the window': [
    `(${NO_ROUTE}, )?(goaway|reset) (FLOW_CONTROL_ERROR(, reset STREAM_CLOSED)?|STREAM_CLOSED)`,
    ({ request }) =>
      whole(open(request({ ...post, ...noRoute })), ...times(80, () => frame(types.DATA, 0, 1, Buffer.alloc(16_384)))),
  ],
  'answer that is not taken': ['200', ({ request }) => ({ settings: firstWindow(0), ...one(headers(1, request())) })],
  'streams above the limit': [
    `${NO_ROUTE}, ${RESET}`,
    ({ request, limits }) => {
      const block = request(noRoute);
      const send = times(limits.streams + 10, (index) => headers(odd(index), block));
      return { settings: firstWindow(0), send, streams: [1, odd(limits.streams + 9)] };
    },
  ],
};
