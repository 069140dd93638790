package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.UserInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What authorizers are asked about a request, and what comes of their answers.
class AskedAttributesTest {

    private static final UserInfo ANN = UserInfo.of("ann");

    private static Attributes asked(String method, String target) {
        return RequestInfo.of(Desk.request(method, target, Headers.EMPTY, "")).attributes(ANN);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            GET,    /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx,              list,             x
            GET,    /api/v1/pods?watch=1&fieldSelector=metadata.name%3Dx,                   watch,            x
            GET,    /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx%2Cspec.a%3Db, list,             x
            GET,    /api/v1/namespaces/a/pods?fieldSelector=metadata.name!%3Dx,             list,             -
            GET,    /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3D..,             list,             -
            GET,    /api/v1/namespaces/a/pods?fieldSelector=nonsense,                       list,             -
            DELETE, /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx,              deletecollection, -
            POST,   /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx,              create,           -
            GET,    /api/v1/watch/namespaces/a/pods?fieldSelector=metadata.name%3Dx,        watch,            -
            GET,    /api/v1/namespaces/a/pods/y?fieldSelector=metadata.name%3Dx,            get,              y
            """)
    void aListOrWatchOfOneNameIsAboutThatName(String method, String target, String verb, String name) {
        Attributes asked = asked(method, target);

        assertThat(asked.verb()).isEqualTo(verb);
        assertThat(asked.name()).isEqualTo(name == null ? "" : name);
    }

    @Test
    void whatNarrowsIsToldWhereItNarrows() {
        String query = "?fieldSelector=spec.nodeName%3Dn1&labelSelector=app%3Dweb";
        for (String method : List.of("GET", "DELETE")) {
            Authorizer.Selection selection =
                    asked(method, "/api/v1/pods" + query).selection();
            assertThat(selection.isOnly("spec.nodeName", "n1")).isTrue();
            assertThat(selection.labels()).hasSize(1);
        }
        assertThat(asked("GET", "/api/v1/namespaces/a/pods/x" + query).selection())
                .isEqualTo(Authorizer.Selection.NONE);
        assertThat(asked("GET", "/api/v1/watch/pods" + query).selection()).isEqualTo(Authorizer.Selection.NONE);
    }

    @Test
    void whatCannotBeReadIsLeftOutAndSaid() {
        Authorizer.Selection selection = asked("GET", "/api/v1/pods?fieldSelector=a%3Db&labelSelector=a%20b%20c")
                .selection();

        assertThat(selection.fields()).containsExactly(new FieldSelector.Requirement("a", true, "b"));
        assertThat(selection.labels()).isEmpty();
        assertThat(selection.fieldError()).isEmpty();
        assertThat(selection.labelError()).isNotEmpty();
    }

    @Test
    void whatCouldNotBeDecidedIsAnErrorOfOurs() {
        var permission = new Permission(
                List.of(
                        asked -> new Authorizer.Decision.NoOpinion("not mine"),
                        asked -> new Authorizer.Decision.NoOpinion("", "back end <gone>")),
                new AccessMeters(new ManualTime()));
        Attributes asked = asked("GET", "/api/v1/pods");

        assertThatThrownBy(() -> permission.require(asked))
                .isInstanceOfSatisfying(UndecidedException.class, undecided -> {
                    var answer =
                            (Response.Full) undecided.answer(Desk.request("GET", "/api/v1/pods", Headers.EMPTY, ""));
                    assertThat(answer.status()).isEqualTo(500);
                    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                            .isEqualTo("Internal Server Error: \"/api/v1/pods\": back end &lt;gone&gt;\n");
                });
    }

    @Test
    void allReasonsAreTold() {
        var permission = new Permission(
                List.of(asked -> new Authorizer.Decision.NoOpinion("one\ntwo")), new AccessMeters(new ManualTime()));

        assertThatThrownBy(() -> permission.require(asked("GET", "/api/v1/namespaces/a/pods/<x>")))
                .hasMessage(
                        "pods \"<x>\" is forbidden: User \"ann\" cannot get resource \"pods\" in API group \"\" in the"
                                + " namespace \"a\": one\ntwo");
    }
}
