package dev.longshore.model;

import java.util.List;
import java.util.regex.Pattern;

/// What names of a kind's objects look like.
public enum NameRule {
    /// Most kinds: `my.name`.
    DNS_SUBDOMAIN,
    /// Namespaces and others that become one step of a DNS name: `my-name`.
    DNS_LABEL,
    /// Services: as a label, beginning with a letter.
    DNS_1035_LABEL,
    /// Whatever fits between two slashes: RBAC's `system:node`.
    PATH_SEGMENT;

    private static final int MAX_SUBDOMAIN = 253;
    private static final int MAX_LABEL = 63;
    private static final String LABEL_FORMAT = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN_FORMAT = LABEL_FORMAT + "(\\." + LABEL_FORMAT + ")*";
    private static final String LABEL_1035_FORMAT = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final Pattern LABEL = Pattern.compile(LABEL_FORMAT);
    private static final Pattern LABEL_1035 = Pattern.compile(LABEL_1035_FORMAT);

    /// What is wrong with `name`, in kube-apiserver's words; empty if nothing.
    public List<String> check(String name) {
        return switch (this) {
            case DNS_SUBDOMAIN -> subdomain(name);
            case DNS_LABEL ->
                label(
                        name,
                        LABEL,
                        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                                + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
                                + " used for validation is '"
                                + LABEL_FORMAT
                                + "')");
            case DNS_1035_LABEL ->
                label(
                        name,
                        LABEL_1035,
                        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                                + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or"
                                + " 'abc-123', regex used for validation is '"
                                + LABEL_1035_FORMAT
                                + "')");
            case PATH_SEGMENT -> pathSegment(name);
        };
    }

    private static List<String> subdomain(String name) {
        if (name.length() > MAX_SUBDOMAIN) {
            return List.of("must be no more than 253 bytes");
        }
        for (String step : name.split("\\.", -1)) {
            if (!LABEL.matcher(step).matches()) {
                return List.of("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-'"
                        + " or '.', and must start and end with an alphanumeric character (e.g. 'example.com',"
                        + " regex used for validation is '"
                        + SUBDOMAIN_FORMAT
                        + "')");
            }
        }
        return List.of();
    }

    private static List<String> label(String name, Pattern pattern, String message) {
        if (name.length() > MAX_LABEL) {
            return List.of("must be no more than 63 bytes");
        }
        return pattern.matcher(name).matches() ? List.of() : List.of(message);
    }

    private static List<String> pathSegment(String name) {
        if (name.equals(".") || name.equals("..")) {
            return List.of("may not be '" + name + "'");
        }
        if (name.contains("/")) {
            return List.of("may not contain '/'");
        }
        return name.contains("%") ? List.of("may not contain '%'") : List.of();
    }
}
