package zlog

// Logger writes at levels; the fatal one ends the process by way of a hook.
type Logger interface {
	Info(string)
	Fatal(string)
}
