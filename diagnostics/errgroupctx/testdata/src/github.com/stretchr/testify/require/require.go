// Package require stands for testify's.
package require

type TestingT interface {
	Errorf(format string, args ...any)
	FailNow()
}

func NoError(t TestingT, err error, msgAndArgs ...any) {
	if err != nil {
		t.Errorf("%v", err)
		t.FailNow()
	}
}
