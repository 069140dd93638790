package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who is let in without credentials, and which headers end at the entrance.
///
/// @param strangers the paths that strangers may ask for, all of them if it is an empty set; nobody is let in
/// without credentials if there is none. What they may do there is for authorizers to say
/// @param proxyHeaders headers by which an authenticating proxy says who asks; nobody behind sees them
/// @param proxyPrefixes what other such headers begin with
public record Entrance(Optional<Set<String>> strangers, List<String> proxyHeaders, List<String> proxyPrefixes) {

    private static final List<String> USUAL_HEADERS = List.of("X-Remote-User", "X-Remote-Uid", "X-Remote-Group");
    private static final List<String> USUAL_PREFIXES = List.of("X-Remote-Extra-");

    /// Strangers are anonymous everywhere, as without flags.
    public static final Entrance OPEN = new Entrance(Optional.of(Set.of()), List.of(), List.of());

    public Entrance {
        strangers = strangers.map(Set::copyOf);
        proxyHeaders = List.copyOf(proxyHeaders);
        proxyPrefixes = List.copyOf(proxyPrefixes);
    }

    /// True if somebody without credentials may ask for `path`.
    boolean isOpen(String path) {
        return strangers
                .filter(paths -> paths.isEmpty() || paths.contains(path))
                .isPresent();
    }

    /// `headers` without those that said who asks.
    Headers stripped(Headers headers) {
        var dropped = new ArrayList<String>();
        dropped.add("Authorization");
        headers.forEach((name, value) -> {
            if (saysWho(name)) {
                dropped.add(name);
            }
        });
        Headers kept = headers;
        for (String name : dropped) {
            kept = kept.first(name).isPresent() ? kept.without(name) : kept;
        }
        return kept;
    }

    private boolean saysWho(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return USUAL_HEADERS.stream().anyMatch(name::equalsIgnoreCase)
                || proxyHeaders.stream().anyMatch(name::equalsIgnoreCase)
                || USUAL_PREFIXES.stream().anyMatch(prefix -> lower.startsWith(prefix.toLowerCase(Locale.ROOT)))
                || proxyPrefixes.stream().anyMatch(prefix -> lower.startsWith(prefix.toLowerCase(Locale.ROOT)));
    }
}
