package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.UserInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tokens that stand in a file, one a line: `token,user,uid,"group,group"`. They are good for as long as the server
/// runs.
public final class StaticTokens implements Authenticator {

    private static final int LEAST = 3;

    private final Map<String, UserInfo> users = new HashMap<>();

    private StaticTokens() {}

    /// Those of `csv`.
    ///
    /// @param file as which errors name it
    /// @throws IllegalArgumentException when a line has no user, or is no CSV; it never says what stands there
    public static StaticTokens parse(String csv, String file) {
        var tokens = new StaticTokens();
        for (List<String> fields : Csv.parse(csv, file)) {
            if (fields.size() < LEAST) {
                throw new IllegalArgumentException("token file '" + file
                        + "' must have at least 3 columns (token, user name, user uid), found " + fields.size());
            }
            if (fields.getFirst().isEmpty()) {
                continue;
            }
            List<String> groups =
                    fields.size() > LEAST ? List.of(fields.get(LEAST).split(",", -1)) : List.of();
            tokens.users.put(
                    Digests.of(fields.getFirst()), new UserInfo(fields.get(1), fields.get(2), groups, Map.of()));
        }
        return tokens;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        return credentials
                .bearerToken()
                .map(token -> users.get(Digests.of(token)))
                .<Verdict>map(Verdict.Known::new)
                .orElseGet(Verdict.NotMine::new);
    }

    @Override
    public String toString() {
        return "StaticTokens[" + users.size() + "]";
    }
}
