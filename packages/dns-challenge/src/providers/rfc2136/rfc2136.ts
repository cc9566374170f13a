import type { Clock } from '../../clock.ts';
import { exchangeTcp, exchangeUdp, unreachable } from '../../dns/exchange.ts';
import { decodeAnswer, encodeQuery, newId, RCODE, rcodeName, type DnsAnswer } from '../../dns/message.ts';
import { serverText, type ServerAddress } from '../../dns/server-address.ts';
import type { DnsProvider } from '../../dns-provider.ts';
import { DnsChallengeError, type DnsChallengeErrorCode } from '../../errors.ts';
import type { Edit } from '../../record-set.ts';
import { selfAndParents } from '../../zone-finder.ts';
import { signMessage, verifyAnswer, type TsigAlgorithm, type TsigKey, type TsigVerdict } from './tsig.ts';
import { updateMessage } from './update-message.ts';

export interface Rfc2136Options {
  readonly server: ServerAddress;
  readonly keyName: string;
  readonly algorithm: TsigAlgorithm;
  /** Gives the key in base64; asked for anew with every change. */
  readonly secret: (signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
}

const TIMEOUT_MS = 5_000;

/**
 * Any server that takes dynamic updates signed with TSIG: BIND, Knot, PowerDNS. The server is asked for the zone too, so that no
 * resolver is needed. Over TCP, and over UDP where TCP is closed; an update may be repeated.
 * @see RFC 2136 and RFC 8945
 */
export function rfc2136(options: Rfc2136Options): DnsProvider {
  const { server, clock } = options;

  async function change(fqdn: string, edit: Edit, signal: AbortSignal): Promise<void> {
    const name = options.keyName.replace(/\.$/, '').toLowerCase();
    const key = { name, algorithm: options.algorithm, secret: parseTsigSecret(await options.secret(signal)) };
    const zone = await zoneAt(fqdn, key, signal);
    const doing = `${edit.kind === 'add' ? 'adding' : 'removing'} a TXT record at ${fqdn}`;
    const { rcode } = await exchange(updateMessage({ zone, fqdn, edit }, newId()), doing, key, signal);
    if (rcode === RCODE.noError) return;
    throw new DnsChallengeError(codeOf(rcode), `${doing}: ${serverText(server)} answered ${rcodeName(rcode)}`, {
      hint: hints[rcode],
    });
  }

  async function zoneAt(fqdn: string, key: TsigKey, signal: AbortSignal): Promise<string> {
    const doing = `finding the zone of ${fqdn}`;
    for (const name of selfAndParents(fqdn)) {
      const answer = await exchange(encodeQuery({ name, type: 'SOA' }, newId(), false), doing, key, signal);
      const { isAuthoritative, answers, authorities } = answer;
      if (isAuthoritative && answers.some((record) => record.type === 'SOA' && record.name === name)) return name;
      const cut = isAuthoritative ? undefined : authorities.find(({ type }) => type === 'NS')?.name;
      if (answer.rcode === RCODE.noError && cut !== undefined && selfAndParents(fqdn).includes(cut)) {
        throw new DnsChallengeError('NO_ZONE', `${doing}: ${serverText(server)} delegates ${cut} to other servers`, {
          hint: 'name the server that has that zone, or delegate _acme-challenge by CNAME',
        });
      }
    }
    throw new DnsChallengeError('NO_ZONE', `${doing}: ${serverText(server)} has none above it`, {
      hint: 'check that nameserver is the primary server of the zone',
    });
  }

  async function exchange(message: Buffer, doing: string, key: TsigKey, signal: AbortSignal): Promise<DnsAnswer> {
    const signed = signMessage(message, key, clock.now());
    const isAnswer = (bytes: Buffer) =>
      bytes.length >= 12 && bytes.readUInt16BE(0) === message.readUInt16BE(0) && (bytes.readUInt8(2) & 0x80) !== 0;
    const limited = () => AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await exchangeTcp(server, signed.message, isAnswer, limited())
      .catch(() => exchangeUdp(server, signed.message, isAnswer, limited()))
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw unreachable(doing, server, error);
      });
    const verdict = verifyAnswer(answer, key, signed.mac, clock.now());
    if (verdict.kind !== 'valid') throw distrust(verdict, answer, doing);
    return decodeAnswer(answer);
  }

  function distrust(verdict: Exclude<TsigVerdict, { kind: 'valid' }>, answer: Buffer, doing: string) {
    const from = `${doing}: ${serverText(server)}`;
    const rcode = answer.readUInt8(3) & 0xf;
    switch (verdict.kind) {
      case 'not-accepted': {
        const time = verdict.serverTime === undefined ? '' : `; its clock says ${verdict.serverTime.toISOString()}`;
        const message = `${from} does not accept our signature (${verdict.error}${time})`;
        const hint =
          verdict.error === 'BADTIME' ? 'set the clocks right' : 'check tsigKeyName, tsigAlgorithm and the key';
        return new DnsChallengeError('BAD_CREDENTIALS', message, { hint });
      }
      case 'unsigned':
        if (rcode === RCODE.noError) {
          return new DnsChallengeError('BAD_ANSWER', `${from} answered without a signature`, {
            hint: 'check that nameserver is the server itself and no resolver or proxy',
          });
        }
        return new DnsChallengeError(codeOf(rcode), `${from} answered ${rcodeName(rcode)} without a signature`, {
          hint: hints[rcode],
        });
      case 'invalid':
        return new DnsChallengeError(
          'BAD_ANSWER',
          `${from} gave an answer that is not to be trusted: ${verdict.reason}`,
        );
    }
  }

  return {
    addTxt: (fqdn, value, signal) => change(fqdn, { kind: 'add', value }, signal),
    removeTxt: (fqdn, value, signal) => change(fqdn, { kind: 'remove', value }, signal),
  };
}

/** @param text - base64. @throws DnsChallengeError `BAD_CREDENTIALS` */
export function parseTsigSecret(text: string): Buffer {
  const secret = Buffer.from(text, 'base64');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && secret.length > 0) return secret;
  throw new DnsChallengeError('BAD_CREDENTIALS', 'reading the TSIG key: it is not base64', {
    hint: 'it is the text after secret in the server’s own configuration, without quotes',
  });
}

const codes: Readonly<Record<number, DnsChallengeErrorCode>> = {
  [RCODE.servFail]: 'BAD_ANSWER',
  [RCODE.refused]: 'FORBIDDEN',
  [RCODE.notAuth]: 'NO_ZONE',
  [RCODE.notZone]: 'NO_ZONE',
};

const hints: Readonly<Record<number, string>> = {
  [RCODE.refused]: 'the server’s update policy must let this key change TXT records at this name',
  [RCODE.servFail]: 'look at the server’s log: often it cannot write its zone or journal file',
  [RCODE.notImp]: 'this server takes no dynamic updates',
  [RCODE.notAuth]: 'check that nameserver is the primary server of the zone',
};

function codeOf(rcode: number): DnsChallengeErrorCode {
  return codes[rcode] ?? 'REFUSED';
}
