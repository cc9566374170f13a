import { data, GIVEN_UP, NO_ROUTE, one, open, RESET, settings, times, whole, type Door, type Form } from './h2-form.ts';
import { flags, frame, headers, indexed, literals, types, u32 } from './h2-frames.ts';

const WRONG_SIZE = 'goaway FRAME_SIZE_ERROR';
const WRONG_FIELDS = 'goaway COMPRESSION_ERROR';

/** Frames that should not be, or not there. */
export const framing: Readonly<Record<string, Form>> = {
  'a frame above the most': [WRONG_SIZE, () => whole(Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1]))],
  'SETTINGS cut short': [WRONG_SIZE, () => whole(frame(types.SETTINGS, 0, 0, Buffer.alloc(5)))],
  'SETTINGS of a stream': [GIVEN_UP, () => whole(frame(types.SETTINGS, 0, 1))],
  'an answer to SETTINGS that nobody sent': [GIVEN_UP, () => whole(frame(types.SETTINGS, flags.ACK, 0))],
  'a push that is neither on nor off': [GIVEN_UP, () => whole(settings(2, 2))],
  'frames of one byte': [GIVEN_UP, () => whole(settings(5, 1))],
  'PING cut short': [WRONG_SIZE, () => whole(frame(types.PING, 0, 0, Buffer.alloc(7)))],
  'PING of a stream': [GIVEN_UP, () => whole(frame(types.PING, 0, 1, Buffer.alloc(8)))],
  'WINDOW_UPDATE cut short': [WRONG_SIZE, () => whole(frame(types.WINDOW_UPDATE, 0, 0, Buffer.alloc(3)))],
  'HEADERS of no stream': [GIVEN_UP, ({ request }) => whole(headers(0, request()))],
  'HEADERS of an even stream': [GIVEN_UP, ({ request }) => whole(headers(2, request()))],
  'a stream of before': [
    `${GIVEN_UP}(, ${RESET})?`,
    ({ request }) => whole(headers(5, request({ ':path': '' })), headers(3, request())),
  ],
  'padding above the frame': [RESET, () => whole(frame(types.HEADERS, 12, 1, Buffer.from([200, 0])))],
  'DATA of no stream': [GIVEN_UP, () => whole(frame(types.DATA, 0, 0, Buffer.alloc(8)))],
  'DATA of an idle stream': [GIVEN_UP, () => whole(frame(types.DATA, 0, 9, Buffer.alloc(8)))],
  'a reset of an idle stream': [GIVEN_UP, () => whole(frame(types.RST_STREAM, 0, 9, u32(8)))],
  PUSH_PROMISE: [GIVEN_UP, ({ request }) => whole(frame(types.PUSH_PROMISE, flags.END_HEADERS, 1, request()))],
  'CONTINUATION of nothing': [GIVEN_UP, ({ request }) => whole(frame(types.CONTINUATION, 4, 1, request()))],
  'a frame between HEADERS': [
    GIVEN_UP,
    ({ request }) => whole(frame(types.HEADERS, 0, 1, request()), frame(types.PING, 0, 0, Buffer.alloc(8))),
  ],
  'a field out of no table': [
    WRONG_FIELDS,
    ({ request }) => whole(headers(1, Buffer.concat([request(), indexed(200)]))),
  ],
  'a number without an end': [WRONG_FIELDS, () => whole(headers(1, Buffer.alloc(20, 255)))],
  'a table above the most': [WRONG_FIELDS, () => whole(headers(1, Buffer.from([0x3f, 0xe1, 0xff, 0x03])))],
  'bytes that are no Huffman code': [WRONG_FIELDS, () => whole(headers(1, Buffer.from([0, 0x84, 255, 255, 255, 255])))],
  'frames at random': [
    '(goaway|reset) .*|nothing|closed',
    ({ random }) =>
      whole(
        ...times(20, () => frame(random.below(10), random.below(256), random.below(8), random.bytes(random.below(64)))),
      ),
  ],
};

const post = { ':method': 'POST' };
const other = 'smuggled.gatefleet.test';
const alone = (right: string, block: (at: Door) => Buffer): Form => [right, (at) => one(headers(1, block(at)))];

/** Fields that are none, or say what the frames do not. */
export const requests: Readonly<Record<string, Form>> = {
  'no :path': alone(RESET, ({ request }) => request({ ':path': '' })),
  'two :path': alone(RESET, ({ request }) => request({}, [':path', '/admin'])),
  'an unknown pseudo field': alone(RESET, ({ request }) => request({ ':status': '200' })),
  'a pseudo field behind others': alone(RESET, ({ request }) => request({ a: 'b' }, [':scheme', 'http'])),
  'a protocol to go over to': alone(RESET, ({ request }) =>
    request({ ':method': 'CONNECT', ':protocol': 'websocket' }),
  ),
  CONNECT: alone('308|404', ({ host }) => literals([...Object.entries({ ':method': 'CONNECT', ':authority': host })])),
  'a line break in :method': alone(RESET, ({ request }) =>
    request({ ':method': 'GET /admin HTTP/1.1\r\nx-smuggled: ' }),
  ),
  'a line break in :path': alone(RESET, ({ request, path }) =>
    request({ ':path': `${path} HTTP/1.1\r\nx-smuggled: 1` }),
  ),
  'a line break in :authority': alone(RESET, ({ request, host }) =>
    request({ ':authority': `${host}\r\nx-smuggled: 1` }),
  ),
  'a line break in a value': alone(RESET, ({ request }) => request({ a: 'b\r\nx-smuggled: 1' })),
  'a line break in a name': alone(RESET, ({ request }) => request({ 'a: b\r\nx-smuggled': '1' })),
  'a zero byte in a value': alone(RESET, ({ request }) => request({ a: 'b\0' })),
  'a name in capitals': alone(RESET, ({ request }) => request({ Bad: '1' })),
  'a name with a space': alone(RESET, ({ request }) => request({ 'bad name': '1' })),
  'transfer-encoding': alone('400', ({ request }) => request({ 'transfer-encoding': 'chunked' })),
  connection: alone('400', ({ request }) => request({ connection: 'x-forwarded-for' })),
  upgrade: alone('400', ({ request }) => request({ upgrade: 'h2c' })),
  'a way out': alone(NO_ROUTE, ({ request, path, id }) => request({ ':path': `${path}../admin/${id}` })),
  'an encoded way out': alone('40[04]', ({ request, path, id }) => request({ ':path': `${path}..%2fadmin/${id}` })),
  'a fragment': alone('400', ({ request, path, id }) => request({ ':path': `${path}${id}#/../../admin` })),
  'no slash first': alone(RESET, ({ request, id }) => request({ ':path': `public/${id}` })),
  'a URL for another host': alone('200', ({ request, id }) => request({ ':path': `http://${other}/public/${id}` })),
  'another host in a field': alone('200', ({ request }) => request({ host: other })),
  'another host in :authority': alone(NO_ROUTE, ({ request, host }) => request({ ':authority': other, host })),
  'a user before the host': alone(RESET, ({ request, host }) => request({ ':authority': `smuggled@${host}` })),
  'a length and no body': alone('200|400', ({ request }) => request({ ...post, 'content-length': '5' })),
};

/** What would be a request of its own to whoever believes the field instead of the frame. */
const inner = ({ host, id }: Door) => data(`0\r\n\r\nGET /admin/${id} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const withBody = (right: string, own: Readonly<Record<string, string>>): Form => [
  right,
  (at) => one(open(at.request({ ...post, ...own })), inner(at)),
];

/** Bodies, and what comes in their place. */
export const bodies: Readonly<Record<string, Form>> = {
  'a request in a body': withBody('200', {}),
  'a length below the body': withBody(RESET, { 'content-length': '1' }),
  'a length above the body': withBody('502', { 'content-length': '1000' }),
  'a length that is none': withBody(RESET, { 'content-length': '0x10' }),
  // Whether the body is too long for its length or comes after the answer is a matter of which is read first.
  'transfer-encoding and a length': withBody(`400|(400, )?${RESET}|400, reset STREAM_CLOSED`, {
    'transfer-encoding': 'chunked',
    'content-length': '4',
  }),
  'two lengths': [
    RESET,
    (at) => one(open(at.request({ ...post, 'content-length': '1' }, ['content-length', '70'])), inner(at)),
  ],
  'pseudo fields at the end': [
    RESET,
    ({ request }) => one(open(request(post)), headers(1, literals([[':path', '/']]))),
  ],
  'fields at the end that do not end': [
    RESET,
    ({ request }) => one(open(request(post)), headers(1, literals([['a', 'b']]), 0)),
  ],
  'DATA after the end': ['(200, )?(goaway|reset) STREAM_CLOSED', (at) => whole(headers(1, at.request()), inner(at))],
};
