package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serving is the program as a language server.
type serving struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors *bufio.Reader
}

func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	return serveAs(t, "ctxls", args...)
}

// serveAs calls the program by that name.
func serveAs(t *testing.T, name string, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a test that waits in vain fails
	t.Cleanup(cancel)
	s := &serving{t: t, cmd: exec.CommandContext(ctx, name, args...)}
	s.cmd.Env = append(os.Environ(), "CTXLS_CACHE=off")
	in, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errors, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.in, s.out, s.errors = in, bufio.NewReader(out), bufio.NewReader(errors)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

func frame(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

func request(id int, method, params string) string {
	return frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params))
}

const (
	nobody = `{"processId":null,"rootUri":null,"capabilities":{}}`
	exit   = `{"jsonrpc":"2.0","method":"exit"}`
)

func (s *serving) send(frames string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, frames); err != nil {
		s.t.Fatal(err)
	}
}

// answers reads all that the server writes until its end: frames and nothing
// else.
func (s *serving) answers() []string {
	s.t.Helper()
	var bodies []string
	for {
		header, err := textproto.NewReader(s.out).ReadMIMEHeader()
		if err != nil {
			if len(header) > 0 {
				s.t.Errorf("in a header: %v %v", header, err)
			}
			return bodies
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			s.t.Fatalf("header %v: %v", header, err)
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(s.out, body); err != nil {
			s.t.Fatal(err)
		}
		bodies = append(bodies, string(body))
	}
}

// ends waits for the end of the program, which must come in time.
func (s *serving) ends(want int, within time.Duration) {
	s.t.Helper()
	start := time.Now()
	late := time.AfterFunc(within, func() { s.cmd.Process.Kill() })
	said, _ := io.ReadAll(s.errors)
	s.answers()
	err := s.cmd.Wait()
	if took := time.Since(start); !late.Stop() {
		s.t.Fatalf("it had not ended after %v: %s", took, said)
	}
	if got := s.cmd.ProcessState.ExitCode(); got != want {
		s.t.Errorf("status %d, want %d (%v): %s", got, want, err, said)
	}
}

func TestServeExitStatus(t *testing.T) {
	hello := request(1, "initialize", nobody)
	bye := request(2, "shutdown", "null")
	for _, tt := range []struct {
		name, input string
		close       bool
		want        int
	}{
		{"exit after shutdown", hello + bye + frame(exit), false, 0},
		{"exit alone", hello + frame(exit), false, 1},
		{"exit before initialize", frame(exit), false, 1},
		{"end of input after shutdown", hello + bye, true, 0},
		{"end of input alone", hello, true, 1},
		{"end of input within a message", hello + "Content-Length: 50\r\n\r\n{", true, 1},
		{"no input", "", true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			s.send(tt.input)
			if tt.close {
				s.in.Close()
			}
			s.ends(tt.want, 5*time.Second)
		})
	}
}

// Editors pass what other servers want to be passed.
func TestServeArguments(t *testing.T) {
	for _, args := range []string{
		"", "serve", "-mode=stdio", "--mode stdio", "serve -mode=stdio", "--stdio", "serve --stdio", "-remote=auto",
		"-rpc.trace -logfile x -mode=stdio", "-rpc.trace -logfile x serve -mode=stdio", "--stdio --clientProcessId=1",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			s := serve(t, strings.Fields(args)...)
			s.send(request(1, "initialize", nobody) + request(2, "shutdown", "null") + frame(exit))
			if got := s.answers(); len(got) != 2 || !strings.Contains(got[0], `"name":"ctxls"`) {
				t.Errorf("%q", got)
			}
			s.ends(0, 5*time.Second)
		})
	}
	for _, args := range []string{"serve there", "--no-such", "serve --listen 0.0.0.0:0", "serve --listen nonsense"} {
		s := serve(t, strings.Fields(args)...)
		s.ends(statusFailed, 5*time.Second)
	}
}

func TestServeEndsBySignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no signals")
	}
	s := serve(t)
	s.send(request(1, "initialize", nobody))
	if _, err := s.out.Peek(1); err != nil { // it runs
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.ends(1, 5*time.Second)
}

// A client that dies without closing anything takes the server with it.
func TestServeEndsWithItsClient(t *testing.T) {
	t.Parallel()
	client := exec.CommandContext(t.Context(), "sleep", "60")
	if err := client.Start(); err != nil {
		t.Skip(err)
	}
	s := serve(t)
	s.send(request(1, "initialize", fmt.Sprintf(`{"processId":%d,"rootUri":null,"capabilities":{}}`, client.Process.Pid)))
	if _, err := s.out.Peek(1); err != nil {
		t.Fatal(err)
	}
	if err := client.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	client.Wait()
	s.ends(1, 15*time.Second)
}

func TestServeListens(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no signals")
	}
	s := serve(t, "serve", "--listen", "127.0.0.1:0")
	var address string
	if _, err := fmt.Fscanf(s.errors, "listening on %s\n", &address); err != nil {
		t.Fatal(err)
	}
	for range 2 { // one after another
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, request(1, "initialize", nobody)+request(2, "shutdown", "null")+frame(exit))
		if answer, err := io.ReadAll(conn); err != nil || !strings.Contains(string(answer), `"name":"ctxls"`) {
			t.Errorf("%q %v", answer, err)
		}
		conn.Close()
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.ends(0, 5*time.Second)
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
	if err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
}
