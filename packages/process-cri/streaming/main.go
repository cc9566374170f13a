// Command cri-streaming serves the streams behind kubectl exec, attach and port-forward for process-cri, by Kubernetes'
// own library. process-cri starts it when the first stream is wanted and asks it for URLs: one JSON request a line on
// standard input, one JSON answer a line on standard output. It ends when standard input does.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming"
)

// request is what process-cri asks for. Target is a container's bundle folder, or for port-forward the path of a Pod's
// network namespace; empty is the node's.
type request struct {
	ID      int      `json:"id"`
	Kind    string   `json:"kind"`
	Target  string   `json:"target"`
	Command []string `json:"command"`
	Ports   []int32  `json:"ports"`
	Tty     bool     `json:"tty"`
	Stdin   bool     `json:"stdin"`
	Stdout  bool     `json:"stdout"`
	Stderr  bool     `json:"stderr"`
}

type answer struct {
	ID    int    `json:"id"`
	URL   string `json:"url,omitempty"`
	Error string `json:"error,omitempty"`
}

type list []string

func (l *list) String() string         { return fmt.Sprint(*l) }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "cri-streaming:", err)
		os.Exit(1)
	}
}

func serve() error {
	handler := &containers{}
	flag.StringVar(&handler.runtime, "runtime", "", "path of crun or runc")
	flag.Var((*list)(&handler.globalArgs), "runtime-arg", "argument before the runtime's command; may be repeated")
	flag.Parse()

	// kubelet is in the same network namespace; each URL holds a token that is good for one use within a minute.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	config := streaming.DefaultConfig
	config.Addr = listener.Addr().String()
	server, err := streaming.NewServer(config, handler)
	if err != nil {
		return err
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: 30 * time.Second}
	go web.Serve(listener)

	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := requests.Decode(&asked); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		reply := answer{ID: asked.ID}
		if url, err := urlFor(server, asked); err != nil {
			reply.Error = err.Error()
		} else {
			reply.URL = url
		}
		if err := answers.Encode(reply); err != nil {
			return err
		}
	}
}

func urlFor(server streaming.Server, asked request) (string, error) {
	switch asked.Kind {
	case "exec":
		response, err := server.GetExec(&runtimeapi.ExecRequest{
			ContainerId: asked.Target, Cmd: asked.Command,
			Tty: asked.Tty, Stdin: asked.Stdin, Stdout: asked.Stdout, Stderr: asked.Stderr,
		})
		return response.GetUrl(), err
	case "attach":
		response, err := server.GetAttach(&runtimeapi.AttachRequest{
			ContainerId: asked.Target,
			Tty:         asked.Tty, Stdin: asked.Stdin, Stdout: asked.Stdout, Stderr: asked.Stderr,
		})
		return response.GetUrl(), err
	case "port-forward":
		// The library wants a name; the node's own namespace has none.
		response, err := server.GetPortForward(&runtimeapi.PortForwardRequest{PodSandboxId: "netns:" + asked.Target, Port: asked.Ports})
		return response.GetUrl(), err
	}
	return "", fmt.Errorf("unknown kind of stream %q", asked.Kind)
}
