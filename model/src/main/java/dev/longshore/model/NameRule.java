package dev.longshore.model;

import java.util.ArrayList;
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
    PATH_SEGMENT,
    /// An IP address in its canonical spelling, which is never generated.
    ADDRESS,
    /// Requests for certificates: anything.
    ANY;

    private static final int MAX_SUBDOMAIN = 253;
    private static final int MAX_LABEL = 63;
    private static final String LABEL_FORMAT = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN_FORMAT = LABEL_FORMAT + "(\\." + LABEL_FORMAT + ")*";
    private static final String LABEL_1035_FORMAT = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final Pattern LABEL = Pattern.compile(LABEL_FORMAT);
    private static final Pattern SUBDOMAIN = Pattern.compile(SUBDOMAIN_FORMAT);
    private static final Pattern LABEL_1035 = Pattern.compile(LABEL_1035_FORMAT);
    private static final String LABEL_MESSAGE = "a lowercase RFC 1123 label must consist of lower case alphanumeric"
            + " characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc',"
            + " regex used for validation is '" + LABEL_FORMAT + "')";
    private static final String LABEL_1035_MESSAGE = "a DNS-1035 label must consist of lower case alphanumeric"
            + " characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g."
            + " 'my-name',  or 'abc-123', regex used for validation is '" + LABEL_1035_FORMAT + "')";
    private static final String SUBDOMAIN_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower case"
            + " alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g."
            + " 'example.com', regex used for validation is '" + SUBDOMAIN_FORMAT + "')";

    /// What is wrong with `name`, in kube-apiserver's words; empty if nothing.
    public List<String> check(String name) {
        return switch (this) {
            case DNS_SUBDOMAIN -> matching(name, MAX_SUBDOMAIN, SUBDOMAIN, SUBDOMAIN_MESSAGE);
            case DNS_LABEL -> matching(name, MAX_LABEL, LABEL, LABEL_MESSAGE);
            case DNS_1035_LABEL -> matching(name, MAX_LABEL, LABEL_1035, LABEL_1035_MESSAGE);
            case PATH_SEGMENT -> pathSegment(name);
            case ADDRESS -> IpText.faults(name);
            case ANY -> List.of();
        };
    }

    /// What is wrong with `prefix` as the beginning of generated names: it may end where a name may not.
    public List<String> checkPrefix(String prefix) {
        return switch (this) {
            case DNS_SUBDOMAIN, DNS_LABEL, DNS_1035_LABEL -> check(withoutTrailingDash(prefix));
            case PATH_SEGMENT -> forbiddenParts(prefix);
            case ADDRESS, ANY -> check(prefix);
        };
    }

    private static String withoutTrailingDash(String prefix) {
        return prefix.length() > 1 && prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 2) + "a" : prefix;
    }

    private static List<String> matching(String name, int longest, Pattern pattern, String message) {
        var faults = new ArrayList<String>();
        if (name.length() > longest) {
            faults.add("must be no more than " + longest + " bytes");
        }
        // Long texts are not shown to the pattern, whose work grows with them.
        if (name.length() > 4 * longest || !pattern.matcher(name).matches()) {
            faults.add(message);
        }
        return faults;
    }

    private static List<String> pathSegment(String name) {
        return name.equals(".") || name.equals("..") ? List.of("may not be '" + name + "'") : forbiddenParts(name);
    }

    private static List<String> forbiddenParts(String name) {
        var faults = new ArrayList<String>();
        for (String part : List.of("/", "%")) {
            if (name.contains(part)) {
                faults.add("may not contain '" + part + "'");
            }
        }
        return faults;
    }
}
