//! Which addresses may be posted to. What a name leads to is looked at here before a connection is made to it, so that
//! nobody reaches what only this machine can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anywhere in the world.
    Public,
    /// On this machine or in a private network.
    Private,
    /// Where nobody posts to: link-local addresses, under which clouds keep their secrets, groups, and what is nobody's.
    Never,
}

/// Networks of version 4, the first that fits; elsewhere is the world.
const V4: [(&str, u32, Reach); 21] = [
    // What clouds keep for their machines outside of 169.254.
    ("100.100.100.200", 32, Reach::Never),
    ("168.63.129.16", 32, Reach::Never),
    ("10.0.0.0", 8, Reach::Private),
    ("127.0.0.0", 8, Reach::Private),
    ("172.16.0.0", 12, Reach::Private),
    ("192.168.0.0", 16, Reach::Private),
    ("100.64.0.0", 10, Reach::Private),
    // This network, which is this machine to some systems.
    ("0.0.0.0", 8, Reach::Never),
    // Link-local.
    ("169.254.0.0", 16, Reach::Never),
    // Protocols, documentation, relays, benchmarks.
    ("192.0.0.0", 24, Reach::Never),
    ("192.0.2.0", 24, Reach::Never),
    ("192.31.196.0", 24, Reach::Never),
    ("192.52.193.0", 24, Reach::Never),
    ("192.88.99.0", 24, Reach::Never),
    ("192.175.48.0", 24, Reach::Never),
    ("198.18.0.0", 15, Reach::Never),
    ("198.51.100.0", 24, Reach::Never),
    ("203.0.113.0", 24, Reach::Never),
    // Groups, and what is reserved.
    ("224.0.0.0", 4, Reach::Never),
    ("240.0.0.0", 4, Reach::Never),
    ("0.0.0.0", 0, Reach::Public),
];

/// Networks of version 6, the first that fits.
const V6: [(&str, u32, Reach); 9] = [
    ("::1", 128, Reach::Private),
    // What clouds keep for their machines.
    ("fd00:ec2::", 96, Reach::Never),
    ("fc00::", 7, Reach::Private),
    // Protocols and tunnels (Teredo, 6to4), documentation.
    ("2001::", 23, Reach::Never),
    ("2001:db8::", 32, Reach::Never),
    ("2002::", 16, Reach::Never),
    ("3fff::", 20, Reach::Never),
    ("2000::", 3, Reach::Public),
    // Link-local, site-local, groups, and what was given to nobody.
    ("::", 0, Reach::Never),
];

/// The network whose addresses are translated to version 4 on the way, without those.
const TRANSLATED: u128 = 0x0064_ff9b << 96;

/// Where an address is.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let within = |network: &str, bits: u32| {
        let network: Ipv4Addr = network.parse().ok()?;
        let differs = network.to_bits() ^ address.to_bits();
        Some(differs.leading_zeros() >= bits)
    };
    first(&V4, within)
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(inner) = address.to_ipv4_mapped() {
        return reach_v4(inner);
    }
    let number = address.to_bits();
    if number >> 32 == TRANSLATED >> 32 {
        let [.., a, b, c, d] = address.octets();
        return reach_v4(Ipv4Addr::new(a, b, c, d));
    }
    let within = |network: &str, bits: u32| {
        let network: Ipv6Addr = network.parse().ok()?;
        Some((network.to_bits() ^ number).leading_zeros() >= bits)
    };
    first(&V6, within)
}

/// What the first network says that fits; nobody posts to what fits none.
fn first(networks: &[(&str, u32, Reach)], within: impl Fn(&str, u32) -> Option<bool>) -> Reach {
    let found = networks.iter().find(|(network, bits, _)| within(network, *bits) != Some(false));
    found.map_or(Reach::Never, |(_, _, reach)| *reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(addresses: &[&str], expected: Reach) {
        for address in addresses {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn the_world_is_reached() {
        all(&["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1"], Reach::Public);
        all(
            &["2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"],
            Reach::Public,
        );
    }

    #[test]
    fn this_machine_and_its_networks_are_private() {
        all(&["127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"], Reach::Private);
        all(&["100.64.0.1", "::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3"], Reach::Private);
        all(&["64:ff9b::7f00:1", "64:ff9b::192.168.0.1"], Reach::Private);
    }

    #[test]
    fn nobody_posts_to_what_is_nobodys() {
        all(&["169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"], Reach::Never);
        all(&["100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fe80::1", "fec0::1"], Reach::Never);
        all(&["0.0.0.0", "0.1.2.3", "::", "255.255.255.255", "224.0.0.1", "240.0.0.1", "ff02::1"], Reach::Never);
        all(&["192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"], Reach::Never);
        all(&["::127.0.0.1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "64:ff9b:1::1"], Reach::Never);
    }
}
