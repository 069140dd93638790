package dev.longshore.kinds.authentication;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A ServiceAccount as users are called: `system:serviceaccount:NAMESPACE:NAME`.
record Subject(String namespace, String name) {

    private static final String PREFIX = "system:serviceaccount:";
    private static final Pattern FORM = Pattern.compile(PREFIX + "([^:]+):([^:]+)");

    static String of(String namespace, String name) {
        return PREFIX + namespace + ":" + name;
    }

    static Optional<Subject> parse(String user) {
        Matcher form = FORM.matcher(user);
        return form.matches() ? Optional.of(new Subject(form.group(1), form.group(2))) : Optional.empty();
    }
}
