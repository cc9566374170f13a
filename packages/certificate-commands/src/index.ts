/**
 * What an administrator asks of the certificate controller: a ConfigMap in its namespace, which it answers in place. Who may make ConfigMaps
 * there may ask. And the Secrets that both know: what each holds, and how one value takes the place of another. @packageDocumentation
 */
export { CertificateCommand, RevocationReason } from './certificate-command.ts';
export {
  componentTokenSecret,
  consulSecrets,
  encryptionKeySecret,
  fingerprint,
  gossipKeySecret,
  managementTokenSecret,
  valuesIn,
  type ClusterSecret,
} from './cluster-secret.ts';
export { answerOf, commandConfigMap, commandLabel, commandOf, CommandAnswer, withAnswer } from './config-map.ts';
export {
  pageOf,
  transferPages,
  transferSecret,
  transferSecretName,
  withPage,
  type TransferPage,
} from './transfer-secret.ts';
