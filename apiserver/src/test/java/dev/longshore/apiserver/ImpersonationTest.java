package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Authorizer.Decision;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImpersonationTest {

    private static final UserInfo JANE = UserInfo.of("jane");

    /// What is allowed, as `VERB GROUP/RESOURCE[/SUB] [NAMESPACE/]NAME`.
    private final Set<String> allowed = new LinkedHashSet<>();

    private final List<String> questions = new ArrayList<>();
    private final List<UserInfo> askers = new ArrayList<>();
    private final Impersonation impersonation =
            new Impersonation(new Permission(List.of(this::answer), new AccessMeters(new ManualTime())));

    private Decision answer(Attributes asked) {
        String question = asked.verb() + " " + asked.group() + "/" + asked.resource()
                + (asked.subresource().isEmpty() ? "" : "/" + asked.subresource()) + " "
                + (asked.namespace().isEmpty() ? "" : asked.namespace() + "/") + asked.name();
        questions.add(question);
        askers.add(asked.user());
        return allowed.contains(question) ? new Decision.Allow("") : new Decision.NoOpinion("");
    }

    private Impersonation.Acting act(UserInfo real, String... headers) {
        var asked = new Attributes(real, "list", "", "v1", "pods", "", "default", "", "");
        return impersonation.effective(asked, Request.local("GET", "/x", Headers.of(headers), new byte[0]));
    }

    private static final String POD_LIST = "impersonate-on:%s:list /pods default/";

    @Test
    void whoeverMayActAsAUserForThisActs() {
        allowed.addAll(List.of(
                POD_LIST.formatted("user-info"),
                "impersonate:user-info authentication.k8s.io/users bob",
                "impersonate:user-info authentication.k8s.io/uids 7",
                "impersonate:user-info authentication.k8s.io/groups dev",
                "impersonate:user-info authentication.k8s.io/userextras/example.org/team red"));

        var acting = act(
                JANE,
                "Impersonate-User",
                "bob",
                "Impersonate-Uid",
                "7",
                "Impersonate-Group",
                "dev",
                "Impersonate-Extra-Example.org%2fteam",
                "red",
                "Accept",
                "x");

        assertThat(acting.user())
                .isEqualTo(new UserInfo(
                        "bob",
                        "7",
                        List.of("dev", "system:authenticated"),
                        Map.of("example.org/team", List.of("red"))));
        assertThat(acting.constraint()).isEqualTo("impersonate:user-info");
        assertThat(acting.request().headers().toString()).isEqualTo("[Accept]");
    }

    @Test
    void theOldRightsAreEnough() {
        allowed.addAll(List.of("impersonate /users bob", "impersonate /groups dev"));

        var acting = act(JANE, "Impersonate-User", "bob", "Impersonate-Group", "dev");

        assertThat(acting.user().groups()).containsExactly("dev", "system:authenticated");
        assertThat(acting.constraint()).isEmpty();
        questions.clear();
        act(JANE, "Impersonate-User", "bob");
        assertThat(questions).as("the last way first").containsExactly("impersonate /users bob");
    }

    @Test
    void theFirstRefusalIsTold() {
        assertThatThrownBy(() -> act(JANE, "Impersonate-User", "bob"))
                .isInstanceOf(FaultException.class)
                .hasMessage("pods is forbidden: User \"jane\" cannot impersonate-on:user-info:list resource \"pods\" in"
                        + " API group \"\" in the namespace \"default\"");
        allowed.add(POD_LIST.formatted("user-info"));
        assertThatThrownBy(() -> act(JANE, "Impersonate-User", "bob"))
                .hasMessage("users.authentication.k8s.io \"bob\" is forbidden: User \"jane\" cannot"
                        + " impersonate:user-info resource \"users\" in API group \"authentication.k8s.io\" at the"
                        + " cluster scope");
    }

    @Test
    void nobodyBecomesAMasterInAConstrainedWay() {
        allowed.addAll(List.of(
                POD_LIST.formatted("user-info"),
                "impersonate:user-info authentication.k8s.io/users bob",
                "impersonate:user-info authentication.k8s.io/groups system:masters"));

        assertThatThrownBy(() -> act(JANE, "Impersonate-User", "bob", "Impersonate-Group", UserInfo.MASTERS))
                .hasMessageEndingWith(": impersonating the system:masters group is not allowed");
    }

    @Test
    void aServiceAccountHasItsGroups() {
        allowed.addAll(List.of(
                POD_LIST.formatted("serviceaccount"),
                "impersonate:serviceaccount authentication.k8s.io/serviceaccounts shop/cart"));

        assertThat(act(JANE, "Impersonate-User", "system:serviceaccount:shop:cart")
                        .user()
                        .groups())
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated");
    }

    @Test
    void anOldAccountMayHaveOtherGroups() {
        allowed.addAll(List.of("impersonate /serviceaccounts shop/cart", "impersonate /groups dev"));

        assertThat(act(JANE, "Impersonate-User", "system:serviceaccount:shop:cart", "Impersonate-Group", "dev")
                        .user()
                        .groups())
                .containsExactly("dev", "system:authenticated");
    }

    @Test
    void anyNodeIsANode() {
        allowed.addAll(List.of(
                POD_LIST.formatted("arbitrary-node"), "impersonate:arbitrary-node authentication.k8s.io/nodes n1"));

        assertThat(act(JANE, "Impersonate-User", "system:node:n1").user().groups())
                .containsExactly("system:nodes", "system:authenticated");
        assertThatThrownBy(() -> act(JANE, "Impersonate-User", "system:node:N1"))
                .isInstanceOf(FaultException.class);
    }

    @Test
    void aPodActsAsItsOwnNodeOnly() {
        UserInfo agent = new UserInfo(
                "system:serviceaccount:kube-system:agent",
                "",
                List.of("system:serviceaccounts"),
                Map.of("authentication.kubernetes.io/node-name", List.of("n1")));
        allowed.addAll(List.of(
                POD_LIST.formatted("associated-node"), "impersonate:associated-node authentication.k8s.io/nodes *"));

        assertThat(act(agent, "Impersonate-User", "system:node:n1").user().name())
                .isEqualTo("system:node:n1");
        assertThat(askers)
                .allSatisfy(asker -> assertThat(asker.extra())
                        .containsOnlyKeys("authentication.kubernetes.io/associated-node-keys"));
        assertThatThrownBy(() -> act(agent, "Impersonate-User", "system:node:n2"))
                .isInstanceOf(FaultException.class);
    }

    @Test
    void strangersStayStrangers() {
        allowed.addAll(List.of("impersonate /users system:anonymous", "impersonate /users bob"));
        allowed.add("impersonate /groups system:unauthenticated");

        assertThat(act(JANE, "Impersonate-User", "system:anonymous").user()).isEqualTo(UserInfo.ANONYMOUS);
        assertThat(act(JANE, "Impersonate-User", "bob", "Impersonate-Group", "system:unauthenticated")
                        .user()
                        .groups())
                .containsExactly("system:unauthenticated");
    }

    @Test
    void manyGroupsAreAskedForAtOnceFirst() {
        allowed.addAll(List.of(
                POD_LIST.formatted("user-info"),
                "impersonate:user-info authentication.k8s.io/users bob",
                "impersonate:user-info authentication.k8s.io/groups *"));

        act(
                JANE,
                "Impersonate-User",
                "bob",
                "Impersonate-Group",
                "a",
                "Impersonate-Group",
                "b",
                "Impersonate-Group",
                "c",
                "Impersonate-Group",
                "d");

        assertThat(questions).hasSize(3);
    }
}
