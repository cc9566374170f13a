# Prometheus reads /v1/agent/metrics.
agent_prefix "consul-" {
  policy = "read"
}
