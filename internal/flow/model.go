package flow

// modelled is a summary that was written by hand, because the source says too
// little (assembly, the run-time system, types of values that are made by
// reflection) or says it in a way that the engine doesn't follow.
type modelled struct {
	Summary
	reason string
}

func never(reason string) modelled {
	return modelled{Summary{NoReturn: true}, reason}
}

func derives(reason string) modelled {
	return modelled{Summary{Derives: []Derivation{{Result: 0, Param: 0, Cancels: true}}, Results: []ResultKind{ResultByType, ResultFresh}}, reason}
}

func keepsValues(reason string) modelled {
	return modelled{Summary{Derives: []Derivation{{Result: 0, Param: 0}}}, reason}
}

func root(reason string) modelled {
	return modelled{Summary{Derives: []Derivation{{Result: 0, Param: -1}}}, reason}
}

func launches(param int, reason string) modelled {
	params := make([]ParamUse, param+1)
	params[param] = UseLaunched
	return modelled{Summary{Params: params}, reason}
}

// model is the hand-checked part of the summaries: std and x/sync. It comes
// before what is inferred from source.
var model = map[string]modelled{
	"os.Exit":                   never("ends the process"),
	"syscall.Exit":              never("ends the process"),
	"runtime.Goexit":            never("ends the goroutine"),
	"(testing.TB).Fatal":        never("every implementation ends the test's goroutine"),
	"(testing.TB).Fatalf":       never("as Fatal"),
	"(testing.TB).FailNow":      never("as Fatal"),
	"(testing.TB).Skip":         never("as Fatal"),
	"(testing.TB).Skipf":        never("as Fatal"),
	"(testing.TB).SkipNow":      never("as Fatal"),
	"(*testing.common).Fatal":   never("ends the test's goroutine by runtime.Goexit"),
	"(*testing.common).Fatalf":  never("as Fatal"),
	"(*testing.common).FailNow": never("as Fatal"),
	"(*testing.common).Skip":    never("as Fatal"),
	"(*testing.common).Skipf":   never("as Fatal"),
	"(*testing.common).SkipNow": never("as Fatal"),
	"log.Fatal":                 never("os.Exit after the message; its output runs through function values"),
	"log.Fatalf":                never("as Fatal"),
	"log.Fatalln":               never("as Fatal"),
	"log.Panic":                 never("panics with the message"),
	"log.Panicf":                never("as Panic"),
	"log.Panicln":               never("as Panic"),
	"(*log.Logger).Fatal":       never("os.Exit after the message"),
	"(*log.Logger).Fatalf":      never("as Fatal"),
	"(*log.Logger).Fatalln":     never("as Fatal"),
	"(*log.Logger).Panic":       never("panics with the message"),
	"(*log.Logger).Panicf":      never("as Panic"),
	"(*log.Logger).Panicln":     never("as Panic"),

	"context.Background":        root("the empty context"),
	"context.TODO":              root("the empty context"),
	"context.WithCancel":        derives("propagateCancel links the child through an interface"),
	"context.WithCancelCause":   derives("as WithCancel"),
	"context.WithDeadline":      derives("as WithCancel, and a timer"),
	"context.WithDeadlineCause": derives("as WithDeadline"),
	"context.WithTimeout":       derives("as WithDeadline"),
	"context.WithTimeoutCause":  derives("as WithDeadline"),
	"context.WithValue":         keepsValues("the child's Done is the parent's"),
	"context.WithoutCancel":     root("keeps the values, never done: a root for cancellation"),
	"os/signal.NotifyContext":   derives("WithCancel, cancelled by the signal too"),

	"golang.org/x/sync/errgroup.WithContext": {
		Summary{Derives: []Derivation{{Result: 1, Param: 0, Cancels: true}}},
		"cancelled by the first error and by Wait, which holds the cancel",
	},
	"(*golang.org/x/sync/errgroup.Group).Go":    launches(1, "runs it in a goroutine, a semaphore before it"),
	"(*golang.org/x/sync/errgroup.Group).TryGo": launches(1, "as Go, where there is room"),
	"(*sync.WaitGroup).Go":                      launches(1, "runs it in a goroutine"),
	"time.AfterFunc":                            launches(1, "runs it in a goroutine of the timer"),
	"context.AfterFunc":                         launches(1, "runs it in a goroutine once the context is done"),
}
