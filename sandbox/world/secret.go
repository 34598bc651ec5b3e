package world

// named is a secret of the world, kept so that connections outlive a restart.
type named struct{ Name, Value string }

// secret gives the secret of that name, made on first use.
func (w *World) secret(name string, generate func() string) string {
	for _, s := range w.secrets.List(func(s named) bool { return s.Name == name }) {
		return s.Value
	}
	_, s := w.secrets.Insert(func(int64) named { return named{name, generate()} })
	return s.Value
}
