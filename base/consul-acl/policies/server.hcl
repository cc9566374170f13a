# The servers themselves: to register their own node, and to leave in good order (see the preStop hook).
node_prefix "consul-" {
  policy = "write"
}

agent_prefix "consul-" {
  policy = "write"
}

operator = "read"

key "consul/leave/.lock" {
  policy = "write"
}

session_prefix "consul-" {
  policy = "write"
}
