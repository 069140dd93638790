package dev.longshore.kinds.authentication;

import java.util.List;

/// By which headers an authenticating proxy says who asks.
///
/// @param names common names that its certificate may have; any if there are none
/// @param users headers with the user's name, the first that is there counts
/// @param uids the same for its UID
/// @param groups headers with groups, all of them count
/// @param extras what headers with further facts begin with
public record ProxyHeaders(
        List<String> names, List<String> users, List<String> uids, List<String> groups, List<String> extras) {

    public ProxyHeaders {
        names = List.copyOf(names);
        users = List.copyOf(users);
        uids = List.copyOf(uids);
        groups = List.copyOf(groups);
        extras = List.copyOf(extras);
    }

    /// As everybody has them, of proxies that are called `name`.
    public static ProxyHeaders usual(String name) {
        return new ProxyHeaders(
                List.of(name),
                List.of("X-Remote-User"),
                List.of("X-Remote-Uid"),
                List.of("X-Remote-Group"),
                List.of("X-Remote-Extra-"));
    }
}
