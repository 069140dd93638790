package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTest {

    private static final UserInfo JANE = UserInfo.of("jane");

    private final Desk desk = new Desk(new NoPurple());

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void whoMayNotIsToldWhat() {
        var answer = desk.as(JANE).get("/api/v1/namespaces/default/widgets");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().path("message").asString())
                .isEqualTo(
                        "widgets is forbidden: User \"jane\" cannot list resource \"widgets\" in API group \"\" in the"
                                + " namespace \"default\"");
        assertThat(desk.get("/apis/example.com/v1/gadgets/g")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo(
                        "gadgets.example.com \"g\" is forbidden: User \"jane\" cannot get resource \"gadgets\" in API"
                                + " group \"example.com\" at the cluster scope");
        assertThat(desk.get("/api/v1/widgets?fieldSelector=metadata.name%3Dweb")
                        .json()
                        .path("message")
                        .asString())
                .startsWith("widgets \"web\" is forbidden: User \"jane\" cannot list");
        assertThat(desk.get("/version").json().path("message").asString())
                .isEqualTo("forbidden: User \"jane\" cannot get path \"/version\"");
        assertThat(desk.get("/healthz").text()).isEqualTo("ok");
    }

    @Test
    void tokensAreCheckedAndStrangersAreAnonymous() {
        assertThat(bare("Authorization", "Bearer bad").status()).isEqualTo(401);
        assertThat(bare("Authorization", "Bearer good").json().path("message").asString())
                .contains("User \"holder\"");
        assertThat(bare().json().path("message").asString()).contains("User \"system:anonymous\"");
    }

    @Test
    void aPageInABrowserOffersItsTokenAsASubprotocol() {
        assertThat(socket("v4.channel.k8s.io, " + token("good"))
                        .json()
                        .path("message")
                        .asString())
                .contains("User \"holder\"");
        assertThat(socket("v4.channel.k8s.io, " + token("bad")).status()).isEqualTo(401);
        assertThat(socket("v4.channel.k8s.io, " + token("good") + "," + token("good"))
                        .status())
                .isEqualTo(401);
        assertThat(socket(token("good")).status()).isEqualTo(401);
        assertThat(socket("v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.*")
                        .status())
                .isEqualTo(401);
        assertThat(bare("Sec-WebSocket-Protocol", "other, " + token("good"))
                        .json()
                        .path("message")
                        .asString())
                .contains("User \"system:anonymous\"");
    }

    @Test
    void nobodyBehindSeesTheTokenOfASubprotocol() {
        Request request = Desk.request(
                "GET", "/", Headers.of("Sec-WebSocket-Protocol", token("good") + ", a, b", "Accept", "x"), "");

        Headers left = TokenProtocol.stripped(request).headers();

        assertThat(left.all("Sec-WebSocket-Protocol")).containsExactly("a, b");
        assertThat(left.first("Accept")).contains("x");
    }

    private Desk.Answer socket(String protocols) {
        return bare("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Protocol", protocols);
    }

    private static String token(String text) {
        return "base64url.bearer.authorization.k8s.io."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void onlyCallersInThisProcessMaySayWhoTheyAre() {
        var far = new Peer("10.0.0.1:1234", List.of(), true);
        Request local =
                Desk.request("GET", "/api/v1/widgets", Headers.EMPTY, "").with(UserInfo.class, Desk.ADMIN);
        var remote = new Request(
                local.method(),
                local.path(),
                local.rawTarget(),
                local.query(),
                local.headers(),
                local.body(),
                far,
                local.attributes());

        assertThat(desk.handle(local).status()).isEqualTo(200);
        assertThat(desk.handle(remote).status()).isEqualTo(403);
    }

    @Test
    void administratorsMayActAsOthers() {
        var asJane = desk.get("/api/v1/widgets", "Impersonate-User", "jane", "Impersonate-Group", "friends");
        assertThat(asJane.json().path("message").asString()).contains("User \"jane\" cannot list");
        assertThat(desk.get("/api/v1/widgets", "Impersonate-User", "root", "Impersonate-Group", "system:masters")
                        .status())
                .isEqualTo(200);

        assertThat(desk.as(JANE)
                        .get("/api/v1/widgets", "Impersonate-User", "root")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo(
                        "widgets is forbidden: User \"jane\" cannot impersonate-on:user-info:list resource \"widgets\""
                                + " in API group \"\" at the cluster scope");
    }

    @Test
    void groupsOfNobodyAreABadRequest() {
        var refused = desk.get("/api/v1/widgets", "Impersonate-Group", "friends");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"friends\"},"
                        + " Extra:map[string][]string(nil)} without impersonating a user name");
    }

    @Test
    void admissionMayChangeAndRefuse() {
        var widget = desk.post("/api/v1/namespaces/default/widgets", "{'metadata':{'name':'a'}}");
        assertThat(widget.json().at("/metadata/labels/seen").asString()).isEqualTo("CREATE");

        var purple =
                desk.post("/api/v1/namespaces/default/widgets", "{'metadata':{'name':'b'},'spec':{'color':'purple'}}");
        assertThat(purple.status()).isEqualTo(403);
        assertThat(desk.get("/api/v1/namespaces/default/widgets/b").status()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(desk.get("/api/v1/namespaces/default/gizmos").status()).isEqualTo(404);
        assertThat(desk.get("/api/v1/namespaces/default/widgets/a/none").status())
                .isEqualTo(404);
        assertThat(desk.get("/nowhere").status()).isEqualTo(404);
        assertThat(desk.post("/api/v1/widgets", "{'metadata':{'name':'a'}}").status())
                .isEqualTo(405);
        assertThat(desk.get("/api/v1/widgets/a").status()).isEqualTo(404);
    }

    @Test
    void aMistakeOfOursIsAnsweredAndNotThrown() {
        var answer =
                desk.post("/api/v1/namespaces/default/widgets", "{'metadata':{'name':'c'},'spec':{'color':'bug'}}");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().path("reason").asString()).isEqualTo("InternalError");
    }

    private Desk.Answer bare(String... headers) {
        return desk.handle(Desk.request("GET", "/api/v1/widgets", Headers.of(headers), ""));
    }

    private static final class NoPurple implements Admission {
        @Override
        public String name() {
            return "NoPurple";
        }

        @Override
        public void mutate(Attempt attempt, Registry registry) {
            attempt.object()
                    .ifPresent(object -> object.metadata()
                            .putObject("labels")
                            .put("seen", attempt.operation().name()));
        }

        @Override
        public void validate(Attempt attempt, Registry registry) {
            String color =
                    attempt.object().map(object -> object.text("spec", "color")).orElse("");
            if (color.equals("bug")) {
                throw new IllegalStateException("a bug");
            }
            if (color.equals("purple")) {
                throw new FaultException(new Fault.Forbidden(attempt.resource(), attempt.name(), "no purple"));
            }
        }
    }
}
