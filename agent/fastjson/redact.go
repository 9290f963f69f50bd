package fastjson

// Redact is a decoded value with mask in the place of its secrets, at whatever depth.
func Redact(value any, secret func(key string) bool, mask string) any {
	switch v := value.(type) {
	case map[string]any:
		shown := map[string]any{}
		for key, member := range v {
			if shown[key] = Redact(member, secret, mask); secret(key) {
				shown[key] = mask
			}
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, element := range v {
			shown[i] = Redact(element, secret, mask)
		}
		return shown
	}
	return value
}
