package dev.longshore.images.distribution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One way to sign in that a 401 offers (RFC 9110, section 11.6.1).
///
/// @param scheme in lower case
/// @param parameters by their names in lower case
record Challenge(String scheme, Map<String, String> parameters) {

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern PARAMETER =
            Pattern.compile("(" + TOKEN + ")[ \t]*=[ \t]*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(" + TOKEN + "))");
    private static final Pattern SCHEME = Pattern.compile("(" + TOKEN + ")(?=[ \t,]|$)");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /// All that `headers` (each WWW-Authenticate, of which one may hold several) offer, in their order; what cannot be
    /// read is passed over.
    static List<Challenge> read(List<String> headers) {
        var found = new ArrayList<Challenge>();
        headers.forEach(header -> read(header, found));
        return List.copyOf(found);
    }

    /// The value of a parameter, or empty.
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static void read(String header, List<Challenge> found) {
        Matcher parameter = PARAMETER.matcher(header);
        Matcher scheme = SCHEME.matcher(header);
        String current = "";
        var parameters = new HashMap<String, String>();
        for (int at = 0; at < header.length(); ) {
            if (parameter.region(at, header.length()).lookingAt()) {
                String quoted = parameter.group(2);
                String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
                parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
                at = parameter.end();
            } else if (scheme.region(at, header.length()).lookingAt()) {
                add(current, parameters, found);
                current = scheme.group(1).toLowerCase(Locale.ROOT);
                parameters.clear();
                at = scheme.end();
            } else {
                at++;
            }
        }
        add(current, parameters, found);
    }

    private static void add(String scheme, Map<String, String> parameters, List<Challenge> found) {
        if (!scheme.isEmpty()) {
            found.add(new Challenge(scheme, parameters));
        }
    }
}
