/** A team's own namespace with a small service and an Ingress for the host, as a team would write it. */
export const teamManifest = (name: string, host: string): string => `
apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${name}
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: ghcr.io/mccutchen/go-httpbin:2.26.0
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ${name}
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: 8080
---
${ingressManifest(name, 'web', host)}`;

/** An Ingress alone. It needs no class: the cluster's default takes it. */
export const ingressManifest = (namespace: string, name: string, host: string): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  rules:
    - host: ${host}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
`;

/** A Pod with a ServiceAccount of its namespace. */
export const podManifest = (namespace: string, name: string, serviceAccount: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  serviceAccountName: ${serviceAccount}
  containers:
    - name: main
      image: ghcr.io/mccutchen/go-httpbin:2.26.0
`;

/** One more address behind a Service. */
export const endpointSliceManifest = (namespace: string, service: string, address: string): string => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: ${service}-more
  namespace: ${namespace}
  labels:
    kubernetes.io/service-name: ${service}
addressType: IPv4
ports:
  - port: 8501
endpoints:
  - addresses: [${address}]
`;
