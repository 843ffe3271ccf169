package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.lsp.dev/jsonrpc2"
)

const (
	maxHeaderLine = 4 << 10
	maxFrame      = 256 << 20
)

// Stream reads and writes LSP frames. Unlike the one it embeds, which writes
// for it, it survives what is malformed: it answers with an error and goes on
// with the next frame.
type Stream struct {
	jsonrpc2.Stream
	in  *bufio.Reader
	buf []byte

	// ended is called once, before the end of the input is reported. What it
	// waits for can still be answered.
	ended func()
}

// NewStream reads frames from rwc and writes them to it. It calls ended, once,
// when there are no more.
func NewStream(rwc io.ReadWriteCloser, ended func()) *Stream {
	return &Stream{Stream: jsonrpc2.NewHeaderStream(rwc), in: bufio.NewReaderSize(rwc, maxHeaderLine), ended: ended}
}

func (s *Stream) Read(ctx context.Context) (jsonrpc2.Message, int64, error) {
	frame, n, err := s.ReadFrame(ctx)
	if err != nil {
		return nil, 0, err
	}
	msg, err := jsonrpc2.DecodeMessage(frame)
	return msg, n, err
}

// ReadFrame returns the next well-formed message or batch. It is valid until
// the next call.
func (s *Stream) ReadFrame(ctx context.Context) ([]byte, int64, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		frame, err := s.frame()
		var malformed *jsonrpc2.Error
		if errors.As(err, &malformed) {
			if err := s.refuse(ctx, malformed); err != nil {
				return nil, 0, err
			}
			continue
		}
		if err != nil {
			s.ended()
			return nil, 0, err
		}
		if malformed := checkFrame(frame); malformed != nil {
			if err := s.refuse(ctx, malformed); err != nil {
				return nil, 0, err
			}
			continue
		}
		return frame, int64(len(frame)), nil
	}
}

// WriteFrame writes a batch of answers, which is encoded already.
func (s *Stream) WriteFrame(ctx context.Context, data []byte) (int64, error) {
	w, ok := s.Stream.(interface {
		WriteFrame(context.Context, []byte) (int64, error)
	})
	if !ok {
		return 0, errors.New("the stream cannot write batches")
	}
	return w.WriteFrame(ctx, data)
}

// frame reads one frame. An error of type *jsonrpc2.Error says that something
// malformed was skipped and that another call may go on.
func (s *Stream) frame() ([]byte, error) {
	length, bad := -1, ""
	for {
		line, err := s.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			bad = "a header line without end"
			continue // skips it piece by piece
		}
		if err != nil {
			return nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if length >= 0 {
				break
			}
			if bad != "" {
				return nil, jsonrpc2.Errorf(jsonrpc2.ParseError, "malformed header: %s", bad)
			}
			continue // an empty line between frames
		}
		name, value, ok := strings.Cut(string(line), ":")
		if !ok {
			bad = fmt.Sprintf("%.40q has no colon", line)
			continue
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n <= 0 || n > maxFrame {
			bad, length = fmt.Sprintf("%.40q is no length", value), -1
			continue
		}
		length = n
	}
	if cap(s.buf) < length {
		// Grown as it is read: the announced length alone allocates nothing.
		var b bytes.Buffer
		n, err := io.CopyN(&b, s.in, int64(length))
		if n < int64(length) && (err == nil || errors.Is(err, io.EOF)) {
			err = io.ErrUnexpectedEOF
		}
		s.buf = b.Bytes()
		return s.buf, err
	}
	frame := s.buf[:length]
	_, err := io.ReadFull(s.in, frame)
	return frame, err
}

// checkFrame says what is wrong with a frame that the connection would close
// over, nil if it can take it.
func checkFrame(frame []byte) *jsonrpc2.Error {
	var err error
	if t := bytes.TrimLeft(frame, " \t\r\n"); len(t) > 0 && t[0] == '[' {
		_, err = jsonrpc2.ParseRequests(frame)
	} else {
		_, err = jsonrpc2.DecodeMessage(frame)
	}
	if err == nil {
		return nil
	}
	var wire *jsonrpc2.Error
	if errors.As(err, &wire) && wire.Code == jsonrpc2.InvalidRequest {
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "not a JSON-RPC 2.0 message: %v", err)
	}
	return jsonrpc2.Errorf(jsonrpc2.ParseError, "malformed message: %v", err)
}

// refuse answers what cannot be told apart from a request: with a null id, as
// JSON-RPC wants it.
func (s *Stream) refuse(ctx context.Context, e *jsonrpc2.Error) error {
	_, err := s.WriteFrame(ctx, jsonrpc2.AppendResponse(nil, jsonrpc2.ID{}, nil, e))
	return err
}
