package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/tributary-hub/tributary/internal/config"
	"github.com/tributary-hub/tributary/staffing"
)

func say(w io.Writer, code int, err error) int {
	fmt.Fprintln(w, "server: "+sentence(err))
	return code
}

// sentence gives a coded error's words with its cause: an operator reads it.
func sentence(err error) string {
	var e *staffing.Error
	if errors.As(err, &e) && e.Err == nil {
		return e.Message
	}
	return err.Error()
}

func logger(cfg config.Config, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
