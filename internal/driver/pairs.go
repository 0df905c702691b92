package driver

func pairsConcern(has func(string) bool) bool { return false }
