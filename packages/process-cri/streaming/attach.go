package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

const (
	// attachStderr is what conmon puts before a packet of the error output; before others it puts 2.
	attachStderr = 3
	// packetBytes is what conmon writes at most; it takes up to 32 KiB.
	packetBytes = 8192
)

// Attach passes bytes between the client and the socket that a container's conmon keeps in its bundle folder.
func (c *containers) Attach(ctx context.Context, bundle string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	folder, err := os.Open(bundle)
	if err != nil {
		return err
	}
	defer folder.Close()
	// A socket's path may have 107 bytes, and the folder's may be longer.
	address := &net.UnixAddr{Name: fmt.Sprintf("/proc/self/fd/%d/attach", folder.Fd()), Net: "unixpacket"}
	connection, err := net.DialUnix("unixpacket", nil, address)
	if err != nil {
		return fmt.Errorf("attaching to a container: %w", err)
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { connection.Close() })()
	go func() {
		for size := range resize {
			writeControl(bundle, fmt.Sprintf("1 %d %d\n", size.Height, size.Width))
		}
	}()
	if in != nil {
		go func() {
			io.CopyBuffer(onlyWriter{connection}, onlyReader{in}, make([]byte, packetBytes))
			connection.CloseWrite()
		}()
	}
	packet := make([]byte, packetBytes+1)
	for {
		size, err := connection.Read(packet)
		if errors.Is(err, io.EOF) || size == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		target := out
		if packet[0] == attachStderr {
			target = errOut
		}
		if target == nil {
			continue
		}
		if _, err := target.Write(packet[1:size]); err != nil {
			return err
		}
	}
}

// onlyReader and onlyWriter hide methods by which io.CopyBuffer would go around the buffer, and so its limit.
type onlyReader struct{ io.Reader }
type onlyWriter struct{ io.Writer }

func writeControl(bundle, message string) {
	control, err := os.OpenFile(bundle+"/ctl", os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer control.Close()
	control.WriteString(message)
}
