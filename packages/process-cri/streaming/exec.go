package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// drainTime is how long output may still come from a process that the command left behind.
const drainTime = time.Second

// containers runs commands in containers by the OCI runtime. Containers are named by their bundle folder.
type containers struct {
	runtime    string
	globalArgs []string
}

// Exec runs a command as the container's own process runs: same user, capabilities, environment and folder.
func (c *containers) Exec(ctx context.Context, bundle string, command []string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	work, err := os.MkdirTemp(bundle, "exec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	process := filepath.Join(work, "process.json")
	if err := writeProcess(bundle, process, command, tty); err != nil {
		return err
	}
	pidFile := filepath.Join(work, "pid")
	args := append([]string{}, c.globalArgs...)
	args = append(args, "exec", "--process", process, "--pid-file", pidFile, filepath.Base(bundle))
	cmd := exec.Command(c.runtime, args...)
	cmd.WaitDelay = drainTime
	stop := context.AfterFunc(ctx, func() { killFrom(pidFile) })
	defer stop()
	if tty {
		return exitCode(runInTerminal(cmd, in, out, resize))
	}
	return exitCode(runWithPipes(cmd, in, out, errOut))
}

func runWithPipes(cmd *exec.Cmd, in io.Reader, out, errOut io.WriteCloser) error {
	if out != nil {
		cmd.Stdout = out
	}
	if errOut != nil {
		cmd.Stderr = errOut
	}
	if in == nil {
		return cmd.Run()
	}
	// With cmd.Stdin set, Wait would last until the client closes its end, even after the command has ended.
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	go func() {
		io.Copy(stdin, in)
		stdin.Close()
	}()
	return cmd.Run()
}

// writeProcess writes the container's process with another command. The environment may hold secrets.
func writeProcess(bundle, path string, command []string, tty bool) error {
	text, err := os.ReadFile(filepath.Join(bundle, "config.json"))
	if err != nil {
		return fmt.Errorf("reading the container's configuration: %w", err)
	}
	var spec struct {
		Process map[string]any `json:"process"`
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("reading the container's configuration: %w", err)
	}
	spec.Process["args"] = command
	spec.Process["terminal"] = tty
	if env, ok := spec.Process["env"].([]any); ok && tty {
		spec.Process["env"] = append([]any{"TERM=xterm"}, env...) // a later one wins
	}
	written, err := json.Marshal(spec.Process)
	if err != nil {
		return err
	}
	return os.WriteFile(path, written, 0o600)
}

// exitCode makes the client end with the command's own code.
func exitCode(err error) error {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	case errors.As(err, &exit):
		status, _ := exit.Sys().(syscall.WaitStatus)
		return utilexec.CodeExitError{Err: err, Code: 128 + int(status.Signal())}
	case errors.Is(err, exec.ErrWaitDelay):
		return nil
	}
	return err
}

func killFrom(pidFile string) {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && pid > 1 {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}
