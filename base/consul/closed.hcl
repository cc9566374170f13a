# Whoever shows no token may do nothing. Who may do what: ../consul-acl/policies.
acl {
  enabled                = true
  default_policy         = "deny"
  enable_key_list_policy = true # without it a list without the right is an empty answer instead of a refusal
}

disable_keyring_file = true # the key for gossip is what the Secret says, also after servers come back with older volumes

ui_config {
  enabled = false # its pages know no token
}

# What no part of this uses is refused to everybody: several of these would answer a request without a token by an empty list.
http_config {
  block_endpoints = [
    "/v1/acl/auth-method",
    "/v1/acl/binding-rule",
    "/v1/acl/bootstrap",
    "/v1/acl/login",
    "/v1/acl/logout",
    "/v1/acl/replication",
    "/v1/acl/role",
    "/v1/acl/templated-polic",
    "/v1/agent/check",
    "/v1/agent/connect",
    "/v1/agent/health",
    "/v1/agent/host",
    "/v1/agent/join",
    "/v1/agent/maintenance",
    "/v1/agent/metrics/stream",
    "/v1/agent/monitor",
    "/v1/agent/service",
    "/v1/agent/token",
    "/v1/agent/version",
    "/v1/catalog/connect",
    "/v1/catalog/datacenters",
    "/v1/catalog/deregister",
    "/v1/catalog/gateway-services",
    "/v1/catalog/node",
    "/v1/catalog/register",
    "/v1/catalog/service/",
    "/v1/config",
    "/v1/connect",
    "/v1/coordinate",
    "/v1/discovery-chain",
    "/v1/event",
    "/v1/exported-services",
    "/v1/health",
    "/v1/imported-services",
    "/v1/internal",
    "/v1/operator/usage",
    "/v1/peering",
    "/v1/query",
    "/v1/session/info",
    "/v1/session/list",
    "/v1/session/node",
    "/v1/status/peers",
  ]
}
