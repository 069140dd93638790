package dev.longshore.kinds.core;

import dev.longshore.kinds.authentication.TokenRequestAction;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;

/// Who programs in pods are.
final class ServiceAccountKind {

    private ServiceAccountKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ServiceAccount", "serviceaccounts")
                .showsDeleted()
                .shortNames("sa")
                .noGeneration()
                .action("token", "authentication.k8s.io/v1", "TokenRequest", new TokenRequestAction(context), "create")
                .table(Columns.named()
                        .number("Secrets", "How many secrets it may use.", account ->
                                (long) account.at("secrets").size())
                        .age()
                        .table())
                .build();
    }
}
