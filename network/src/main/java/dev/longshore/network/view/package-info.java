/// What the network knows of the cluster: services, endpoints and namespaces, kept from the API, and address
/// arithmetic.
package dev.longshore.network.view;
