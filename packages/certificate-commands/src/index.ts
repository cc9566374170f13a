/**
 * What an administrator asks of the certificate controller: a ConfigMap in its namespace, which it answers in place. Who may make ConfigMaps
 * there may ask. @packageDocumentation
 */
export { CertificateCommand, RevocationReason } from './certificate-command.ts';
export { answerOf, commandConfigMap, commandLabel, commandOf, CommandAnswer, withAnswer } from './config-map.ts';
export {
  pageOf,
  transferPages,
  transferSecret,
  transferSecretName,
  withPage,
  type TransferPage,
} from './transfer-secret.ts';
