# Routes and middlewares of the gateways, not their certificates.
key_prefix "traefik/http/" {
  policy = "write"
}
