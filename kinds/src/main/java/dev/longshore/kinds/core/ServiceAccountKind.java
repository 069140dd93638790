package dev.longshore.kinds.core;

import dev.longshore.kinds.authentication.TokenRequestAction;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;
import java.util.List;

/// Who programs in pods are.
final class ServiceAccountKind {

    private static final String MOUNTABLE = "kubernetes.io/enforce-mountable-secrets";

    private ServiceAccountKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ServiceAccount", "serviceaccounts")
                .showsDeleted()
                .shortNames("sa")
                .noGeneration()
                .action("token", "authentication.k8s.io/v1", "TokenRequest", new TokenRequestAction(context), "create")
                .table(Columns.plain())
                .warnings(account -> account.find("metadata", "annotations", MOUNTABLE)
                                .isPresent()
                        ? List.of("metadata.annotations[" + MOUNTABLE + "]: deprecated in v1.32+; prefer separate"
                                + " namespaces to isolate access to mounted secrets")
                        : List.of())
                .build();
    }
}
