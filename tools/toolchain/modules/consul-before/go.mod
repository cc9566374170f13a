module gatefleet.dev/toolchain/consul-before

go 1.20.0

require github.com/hashicorp/consul v1.19.1
require github.com/hashicorp/consul/envoyextensions v0.7.3
require github.com/hashicorp/consul/proto-public v0.6.2
require github.com/hashicorp/consul/troubleshoot v0.7.1
