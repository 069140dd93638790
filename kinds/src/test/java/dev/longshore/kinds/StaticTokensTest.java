package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.authentication.AuthenticatedUsers;
import dev.longshore.kinds.authentication.StaticTokens;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticTokensTest {

    private static final String FILE = """
            t1,alice,1,"dev,ops"

            t2,bob,2
            "a ""quoted"" one",carol,,
            ,nobody,3
            t3,dave,"4",one,more
            """;

    private static Verdict verdict(String csv, String token) {
        return StaticTokens.parse(csv, "tokens.csv").authenticate(Credentials.ofToken(token, List.of()));
    }

    private static Verdict known(String name, String uid, String... groups) {
        return new Verdict.Known(new UserInfo(name, uid, List.of(groups), Map.of()));
    }

    @Test
    void everyLineIsAUser() {
        assertThat(verdict(FILE, "t1")).isEqualTo(known("alice", "1", "dev", "ops"));
        assertThat(verdict(FILE, "t2")).isEqualTo(known("bob", "2"));
        assertThat(verdict(FILE, "a \"quoted\" one")).isEqualTo(known("carol", "", ""));
        assertThat(verdict(FILE, "t3")).isEqualTo(known("dave", "4", "one"));
        assertThat(verdict(FILE.strip().replace("\n", "\r\n"), "t3")).isEqualTo(known("dave", "4", "one"));
        assertThat(verdict(FILE, "")).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(FILE, "t4")).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void theyAreAuthenticated() {
        var all = new AuthenticatedUsers(StaticTokens.parse("t,eve,1,system:unauthenticated\nu,eve,1", "f"));

        assertThat(all.authenticate(Credentials.ofToken("u", List.of())))
                .isEqualTo(known("eve", "1", "system:authenticated"));
        assertThat(all.authenticate(Credentials.ofToken("t", List.of())))
                .isEqualTo(known("eve", "1", "system:unauthenticated"));
    }

    @Test
    void aLineWithoutUserIsRefused() {
        assertThatThrownBy(() -> StaticTokens.parse("secret,alice", "tokens.csv"))
                .hasMessage(
                        "token file 'tokens.csv' must have at least 3 columns (token, user name, user uid), found 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret\"x,a,1", "a,b,c\n\"secret", "a,b,c\n\"secret\"x,b,c"})
    void aQuoteInTheWrongPlaceIsRefusedAndNothingOfTheLineIsTold(String csv) {
        assertThatThrownBy(() -> StaticTokens.parse(csv, "tokens.csv"))
                .hasMessageStartingWith("tokens.csv: parse error on line ")
                .hasMessageNotContaining("secret");
    }
}
