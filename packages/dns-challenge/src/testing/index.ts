/** For tests of other packages: the contract of providers, and what they run against. @packageDocumentation */
export { testDnsProvider, type ProviderTraits, type ProviderUnderTest } from '../dns-provider.contract.ts';
export { startFakeCloudflare, type FakeCloudflare, type FakeCloudflareOptions } from './fake-cloudflare.ts';
export { startFakeWebhook, type FakeWebhook, type FakeWebhookOptions } from './fake-webhook.ts';
export { describeWithNamed, startNamed, type Named, type NamedKey, type NamedOptions } from './named.ts';
