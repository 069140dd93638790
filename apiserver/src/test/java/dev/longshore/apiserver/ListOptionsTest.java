package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every combination of resourceVersion, resourceVersionMatch, limit and continue, as kube-apiserver answers it.
/// Ten widgets are there at revision 11; revision 6 shows five of them; 3 is forgotten.
class ListOptionsTest {

    private static final String ALL = "/api/v1/namespaces/a/widgets";
    private static final int TOTAL = 10;
    private static final int MIDDLE = 6;

    private final Desk desk = new Desk();

    @BeforeEach
    void makeWidgets() {
        for (int i = 0; i < TOTAL; i++) {
            desk.post(ALL, "{'metadata':{'name':'w%d'}}".formatted(i));
        }
        desk.store.compact(4);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @ParameterizedTest
    @CsvSource({
        // resourceVersion, match, limit, how many come
        "'','',0,10",
        "'','',4,4",
        "0,'',0,10",
        "0,'',4,10",
        "0,NotOlderThan,0,10",
        "0,NotOlderThan,4,10",
        "6,'',0,10",
        "6,'',4,4",
        "6,NotOlderThan,0,10",
        "6,NotOlderThan,4,4",
        "6,Exact,0,5",
        "6,Exact,4,4",
        "11,Exact,0,10",
        "3,'',0,10",
        "3,NotOlderThan,4,4"
    })
    void whatCanBeAnsweredIs(String revision, String match, int limit, int count) {
        var list = desk.get(query(revision, match, limit)).json();

        assertThat(list.path("items")).hasSize(count);
        boolean isExact = match.equals("Exact") || match.isEmpty() && limit > 0 && revision.equals("6");
        assertThat(list.at("/metadata/resourceVersion").asString()).isEqualTo(isExact ? revision : "11");
        boolean isCut = list.at("/metadata/remainingItemCount").asInt(0) > 0;
        assertThat(isCut).isEqualTo(list.path("metadata").has("continue"));
        if (isCut) {
            int there = isExact && revision.equals("6") ? MIDDLE - 1 : TOTAL;
            assertThat(list.at("/metadata/remainingItemCount").asInt()).isEqualTo(there - count);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resourceVersionMatch=Exact|422|ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                        + "resourceVersionMatch is forbidden unless resourceVersion is provided",
                "resourceVersion=0&resourceVersionMatch=Exact|422|ListOptions.meta.k8s.io \"\" is invalid: "
                        + "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
                "resourceVersion=6&resourceVersionMatch=Newest|422|ListOptions.meta.k8s.io \"\" is invalid: "
                        + "resourceVersionMatch: Unsupported value: \"Newest\": supported values: \"Exact\", \"NotOlderThan\", \"\"",
                "resourceVersion=6&resourceVersionMatch=Exact&continue=x|422|ListOptions.meta.k8s.io \"\" is invalid: "
                        + "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided",
                "sendInitialEvents=true|422|ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: "
                        + "sendInitialEvents is forbidden for list",
                "resourceVersion=x|400|invalid resource version: resourceVersion: Invalid value: \"x\": "
                        + "strconv.ParseUint: parsing \"x\": invalid syntax",
                "limit=x|400|strconv.ParseInt: parsing \"x\": invalid syntax",
                "resourceVersion=3&resourceVersionMatch=Exact|410|The resourceVersion for the provided list is too old.",
                "resourceVersion=3&limit=4|410|The resourceVersion for the provided list is too old.",
                "resourceVersion=99|504|Timeout: Too large resource version: 99, current: 11",
                "resourceVersion=99&resourceVersionMatch=Exact|504|Timeout: Too large resource version: 99, current: 11"
            })
    void whatMakesNoSenseIsRefused(String query, int status, String message) {
        var answer = desk.get(ALL + "?" + query);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("message").asString()).isEqualTo(message);
    }

    @Test
    void aRevisionThatIsNotHereYetMayComeInASecond() {
        var answer = desk.get(ALL + "?resourceVersion=99");

        assertThat(answer.headers().first("Retry-After")).contains("1");
        assertThat(answer.json().path("reason").asString()).isEqualTo("Timeout");
        assertThat(answer.json().at("/details/causes/0/reason").asString()).isEqualTo("ResourceVersionTooLarge");
        assertThat(answer.json().at("/details/retryAfterSeconds").asInt()).isEqualTo(1);
        assertThat(desk.get(ALL + "/w1?resourceVersion=99").status()).isEqualTo(504);
        assertThat(desk.get(ALL + "/w1?resourceVersion=0").status()).isEqualTo(200);
    }

    @Test
    void aListWhoseRevisionIsForgottenGoesOnInconsistently() {
        String token = next(desk.get(query("6", "Exact", 2)));
        desk.post(ALL, "{'metadata':{'name':'w11'}}");
        desk.store.compact(12);

        var gone = desk.get(ALL + "?limit=2&continue=" + token);
        var rest = desk.get(ALL + "?continue=" + next(gone)).json();

        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.json().path("reason").asString()).isEqualTo("Expired");
        assertThat(gone.json().path("message").asString())
                .startsWith("The provided continue parameter is too old to display a consistent list result.");
        // From the third on, but as it is now.
        assertThat(rest.path("items")).hasSize(TOTAL - 2 + 1);
        assertThat(rest.at("/metadata/resourceVersion").asString()).isEqualTo("12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'v':'meta.k8s.io/v2','rv':6,'start':'w'}|server does not recognize this encoded version meta.k8s.io/v2",
                "{'v':'meta.k8s.io/v1','start':'w'}|incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
                "{'v':'meta.k8s.io/v1','rv':6}|encoded start key empty (version meta.k8s.io/v1)",
                "{'v':'meta.k8s.io/v1','rv':6,'start':'../secrets/x'}|../secrets/x"
            })
    void foreignTokensAreRefused(String token, String why) {
        String encoded = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(token.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        var answer = desk.get(ALL + "?continue=" + encoded);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("message").asString())
                .isEqualTo("invalid continue token: continue key is not valid: " + why);
    }

    @Test
    void aTokenSaysTheRevisionItself() {
        String token = next(desk.get(query("", "", 4)));

        assertThat(desk.get(ALL + "?continue=" + token + "&resourceVersion=6")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("specifying resource version is not allowed when using continue");
        assertThat(desk.get(ALL + "?continue=" + token + "&resourceVersion=0")
                        .json()
                        .path("items"))
                .hasSize(TOTAL - 4);
    }

    private static String next(Desk.Answer answer) {
        return answer.json().at("/metadata/continue").asString();
    }

    private static String query(String revision, String match, int limit) {
        var query = new StringBuilder(ALL + "?");
        if (!revision.isEmpty()) {
            query.append("&resourceVersion=").append(revision);
        }
        if (!match.isEmpty()) {
            query.append("&resourceVersionMatch=").append(match);
        }
        return limit == 0
                ? query.toString()
                : query.append("&limit=").append(limit).toString();
    }
}
