package dev.longshore.kubelet.cluster;

import static java.util.Objects.requireNonNull;

import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks by TokenReviews and SubjectAccessReviews, as a kubelet with webhook authentication and authorization does.
public final class ClientAccess implements AccessApi {

    private final KubernetesClient client;
    private final String nodeName;

    /// About the node `nodeName`.
    public ClientAccess(KubernetesClient client, String nodeName) {
        this.client = requireNonNull(client, "client");
        this.nodeName = requireNonNull(nodeName, "nodeName");
    }

    @Override
    public Optional<UserInfo> user(String token) {
        var review = new TokenReviewBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewSpec()
                .withToken(token)
                .endSpec()
                .build();
        var status = client.tokenReviews().create(review).getStatus();
        if (status == null || !Boolean.TRUE.equals(status.getAuthenticated()) || status.getUser() == null) {
            return Optional.empty();
        }
        var user = status.getUser();
        return Optional.of(new UserInfo(
                user.getUsername(),
                Optional.ofNullable(user.getUid()).orElse(""),
                Optional.ofNullable(user.getGroups()).orElse(List.of()),
                Optional.ofNullable(user.getExtra()).orElse(Map.of())));
    }

    @Override
    public boolean allows(UserInfo user, String verb, String subresource) {
        var review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user.name())
                .withUid(user.uid())
                .withGroups(user.groups())
                .withExtra(user.extra())
                .withNewResourceAttributes()
                .withVerb(verb)
                .withVersion("v1")
                .withResource("nodes")
                .withSubresource(subresource)
                .withName(nodeName)
                .endResourceAttributes()
                .endSpec()
                .build();
        var status =
                client.authorization().v1().subjectAccessReview().create(review).getStatus();
        return status != null && Boolean.TRUE.equals(status.getAllowed());
    }
}
