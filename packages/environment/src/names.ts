import { z } from 'zod';

// Titles say in words what a pattern allows: errors and the reference page show the title, editors check the pattern.

/** RFC 1035 label short enough to stand in the names of other objects. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$/)
  .meta({ title: 'name of lower-case letters, digits and dashes, at most 31 characters' });

/** RFC 1123 subdomain: the name of most Kubernetes objects. */
export const ObjectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/)
  .meta({ title: 'Kubernetes object name' });

/** DNS name of at least two labels, lower case, without a wildcard and without the dot at its end. */
export const Zone = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
  .meta({ title: 'domain in lower case such as staging.example.com, no wildcard' });

export const ConfigMapKey = z
  .string()
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/)
  .meta({ title: 'ConfigMap key of letters, digits, dots, dashes and underscores' });

/** Annotation key: an optional DNS prefix, a slash and a name. */
export const AnnotationKey = z
  .string()
  .regex(/^([a-z0-9]([-.a-z0-9]*[a-z0-9])?\/)?[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/)
  .meta({ title: 'annotation key' });

/** Kubernetes quantity of bytes. Decimal fractions are left out: they round in ways that surprise. */
export const ByteQuantity = z
  .string()
  .regex(/^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)$/)
  .meta({ title: 'size with its unit such as 512Mi or 10Gi' });

/** Kubernetes quantity of CPU time. */
export const CpuQuantity = z
  .string()
  .regex(/^([1-9][0-9]*m?|0\.[0-9]{1,3}|[1-9][0-9]*\.[0-9]{1,3})$/)
  .meta({ title: 'CPU time as text, such as "250m" (thousandths of a core) or "2" (cores)' });

/** IPv4 or IPv6 network. */
export const Cidr = z.union([z.cidrv4(), z.cidrv6()]).meta({ title: 'network such as 203.0.113.0/24' });

export const HttpsUrl = z
  .string()
  .max(2048)
  .regex(/^https:\/\/[a-zA-Z0-9.-]+(:[0-9]{1,5})?(\/[^\s?#]*)?$/)
  .meta({ title: 'URL that starts with https://' });

/** What Argo CD lists a GPG key by: the last 16 digits of its fingerprint, or the whole of it. */
export const GpgKeyId = z
  .string()
  .regex(/^([0-9A-F]{16}|[0-9A-F]{40})$/)
  .meta({ title: 'GPG key as 16 or 40 hexadecimal digits in capitals' });

/** Ends an annotation key. */
export const ServiceName = z
  .string()
  .max(30)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
  .meta({ title: 'service name of lower-case letters, digits and dashes' });

/** One of a list that Argo CD splits at semicolons. */
export const Recipient = z
  .string()
  .max(200)
  .regex(/^[^\s;]+$/)
  .meta({ title: 'recipient without spaces and semicolons' });

/** What Argo CD clones from. No user name or password: those belong into a Secret of Argo CD. */
export const RepositoryUrl = z
  .string()
  .regex(/^(https?:\/\/[^\s@]+|ssh:\/\/[^\s]+|git@[^\s:]+:[^\s]+)$/)
  .meta({ title: 'git URL without a password in it' });

export const GitRevision = z
  .string()
  .max(250)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
  .meta({ title: 'git branch, tag or commit' });

/** A whole number of seconds, minutes, hours or days: what stands here must be read the same by all who take it. */
export const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,4}(s|m|h|d)$/)
  .meta({ title: 'duration with its unit such as 30s, 5m, 12h or 30d' });

/** A number of Pods, or a share of them in percent. */
export const PodCount = z
  .union([z.int().min(0).max(100), z.string().regex(/^(100|[1-9]?[0-9])%$/)])
  .meta({ title: 'number of Pods such as 1, or a share such as 25%' });

/** Label or taint key: an optional DNS prefix, a slash and a name. */
export const LabelKey = AnnotationKey.meta({ title: 'label key' });

export const LabelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?$/)
  .meta({ title: 'label value of at most 63 letters, digits, dashes, dots and underscores' });

/** RFC 1123 label: the name of a namespace. */
export const NamespaceName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .meta({ title: 'namespace name' });

/** A key of a Secret, and the Secret's name, in the environment's namespace. The value itself never stands in git. */
export const SecretKey = z.strictObject({
  name: ObjectName.describe('Secret in the environment’s namespace.'),
  key: ConfigMapKey.describe('Its key.'),
});

/** Path of a folder from the environment's own, such as ../../components/tracing. */
export const FolderPath = z
  .string()
  .regex(/^(\.\.\/|\.\/)?[A-Za-z0-9._/-]+$/)
  .meta({ title: 'path of a folder from the environment’s own' });

/** Five fields of a cron line. */
export const CronSchedule = z
  .string()
  .regex(/^[0-9*,/-]+ [0-9*,/-]+ [0-9*,/?L-]+ [0-9A-Za-z*,/-]+ [0-9A-Za-z*,/?L#-]+$/)
  .meta({ title: 'cron schedule of five fields such as 0 6 * * 1-5' });
