package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.model.ExtraKey;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whom a request wants to be taken for: what its headers say, and nothing more.
///
/// @param user with the groups that are named, not those that follow from the name
record ImpersonatedUser(UserInfo user) {

    private static final String USER = "Impersonate-User";
    private static final String GROUP = "Impersonate-Group";
    private static final String UID = "Impersonate-Uid";
    private static final String EXTRA = "Impersonate-Extra-";

    /// As `headers` say; empty if they say nothing of it.
    ///
    /// @throws FaultException with [Fault.BadRequest] if they name no user, but something of one
    static Optional<ImpersonatedUser> of(Headers headers) {
        var user = new UserInfo(
                headers.first(USER).orElse(""), headers.first(UID).orElse(""), headers.all(GROUP), extra(headers));
        if (!user.name().isEmpty()) {
            return Optional.of(new ImpersonatedUser(user));
        }
        boolean isAbsent =
                user.uid().isEmpty() && user.groups().isEmpty() && user.extra().isEmpty();
        if (isAbsent) {
            return Optional.empty();
        }
        throw new FaultException(
                new Fault.BadRequest("requested " + spelled(user) + " without impersonating a user name"));
    }

    /// `headers` without those that are about it: nobody behind shall act upon them again.
    static Headers stripped(Headers headers) {
        var names = new ArrayList<>(List.of(USER, GROUP, UID));
        headers.forEach((name, value) -> {
            if (isExtra(name)) {
                names.add(name);
            }
        });
        Headers kept = headers;
        for (String name : names) {
            kept = kept.without(name);
        }
        return kept;
    }

    /// True if nothing but a name is asked for.
    boolean isNameOnly() {
        return user.uid().isEmpty() && user.groups().isEmpty() && user.extra().isEmpty();
    }

    private static boolean isExtra(String name) {
        return name.regionMatches(true, 0, EXTRA, 0, EXTRA.length());
    }

    private static Map<String, List<String>> extra(Headers headers) {
        var extra = new LinkedHashMap<String, List<String>>();
        headers.forEach((name, value) -> {
            if (isExtra(name)) {
                String key = ExtraKey.unescaped(name.substring(EXTRA.length()).toLowerCase(Locale.ROOT));
                extra.computeIfAbsent(key, unseen -> new ArrayList<>()).add(value);
            }
        });
        return extra;
    }

    /// As Go spells the structure in which the original keeps it.
    private static String spelled(UserInfo user) {
        String extra = user.extra().isEmpty()
                ? "(nil)"
                : new TreeMap<>(user.extra())
                        .entrySet().stream()
                                .map(entry -> quoted(entry.getKey()) + ":" + spelled(entry.getValue()))
                                .collect(Collectors.joining(", ", "{", "}"));
        return "&user.DefaultInfo{Name:\"\", UID:" + quoted(user.uid()) + ", Groups:" + spelled(user.groups())
                + ", Extra:map[string][]string" + extra + "}";
    }

    private static String spelled(List<String> texts) {
        return texts.isEmpty()
                ? "[]string(nil)"
                : texts.stream().map(ImpersonatedUser::quoted).collect(Collectors.joining(", ", "[]string{", "}"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
