package csource

import "strings"

// ParseDotConfig reads a .config file: the value of each CONFIG_ symbol as written, a string
// without its quotes, and n for one that is not set. The error, an *Error, says which line is
// neither a setting nor a comment.
func ParseDotConfig(name string, src []byte) (map[string]string, error) {
	if len(src) > MaxSize {
		return nil, tooLarge(name, len(src))
	}
	values := map[string]string{}
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(line)
		if symbol, ok := strings.CutSuffix(line, " is not set"); ok && strings.HasPrefix(symbol, "# CONFIG_") {
			values[symbol[len("# "):]] = "n"
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		symbol, value, ok := strings.Cut(line, "=")
		if !ok || !strings.HasPrefix(symbol, "CONFIG_") || strings.ContainsAny(symbol, " \t") {
			return nil, &Error{Pos: Pos{name, i + 1, 1}, Msg: "expected CONFIG_X=value or # CONFIG_X is not set"}
		}
		if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
			value = value[1 : n-1]
		}
		values[symbol] = value
	}
	return values, nil
}

// Settings returns a Config over what ParseDotConfig read. A CONFIG_ symbol that is not there
// is missing: No for the .config of a whole kernel, which does not list what cannot be set, Unknown for
// a part of one. A value other than y, m and n is Unknown.
func Settings(values map[string]string, missing Value) Config {
	return func(symbol string) Value {
		value, ok := values[symbol]
		if !ok {
			if base, found := strings.CutSuffix(symbol, "_MODULE"); found && values[base] != "" || !strings.HasPrefix(symbol, "CONFIG_") {
				return Unknown // Eval asks for the base itself
			}
			return missing
		}
		switch value {
		case "y":
			return Yes
		case "m":
			return Module
		case "n":
			return No
		}
		return Unknown
	}
}
