package dev.longshore.kinds;

import dev.longshore.base.Yaml;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.Subresource;
import dev.longshore.model.SubresourceAction;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Asks for ServiceAccount tokens.
final class TokenRequests {

    private TokenRequests() {}

    /// The answer to a request for a token of `default`/`account`.
    static Resource of(Cluster cluster, String account, String spec) {
        return of(cluster, account, "{}", spec);
    }

    static Resource of(Cluster cluster, String account, String metadata, String spec) {
        Resource body = new Resource(
                (ObjectNode) Yaml.parse("{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, metadata: "
                        + metadata + ", spec: {" + spec + "}}"));
        var token = (Subresource.Action)
                cluster.kind("v1", "ServiceAccount").subresource("token").orElseThrow();
        var invocation = new SubresourceAction.Invocation(
                new GroupResource("", "serviceaccounts"), "default", account, "POST", Map.of(), "", Optional.of(body));
        return ((SubresourceAction.Result.Answer) token.action().act(cluster.call, cluster.registry, invocation))
                .object();
    }
}
