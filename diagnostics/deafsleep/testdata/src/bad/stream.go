package bad

import (
	"context"
	"time"
)

type stream interface {
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
	SetTrailer(map[string][]string)
}

func slowly(s stream, answer any) error {
	for range 10 {
		if err := s.SendMsg(answer); err != nil {
			return err
		}
		time.Sleep(time.Second) // want `this sleep goes on when s.Context\(\) is done`
	}
	return s.RecvMsg(nil)
}
