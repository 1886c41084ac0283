//! From which network a request comes, to count its failed sign-ins. Nothing of it is stored.

use std::net::IpAddr;

/// The peers whose `X-Forwarded-For` is believed, from a list such as `10.0.0.5, 192.168.0.0/16, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl std::str::FromStr for Proxies {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let one = |text: &str| {
            let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
            let wrong = || format!("{text:?} is no address; write addresses such as 10.0.0.5 or 10.0.0.0/8, with commas between");
            let address: IpAddr = address.parse().map_err(|_| wrong())?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits: u8 = bits.map_or(Ok(most), |b| b.parse().map_err(|_| wrong()))?;
            if bits > most { Err(wrong()) } else { Ok((address, bits)) }
        };
        list.split(',').map(str::trim).filter(|t| !t.is_empty()).map(one).collect::<Result<_, _>>().map(Proxies)
    }
}

impl std::fmt::Display for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(|(address, bits)| format!("{address}/{bits}")).collect::<Vec<_>>().join(", "))
    }
}

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(network, bits)| within(*network, *bits, address))
    }

    /// Where the request comes from: the peer itself; behind a trusted proxy the last address in `X-Forwarded-For` that is no proxy of ours. What stands
    /// before that was written by whoever sent the request.
    #[must_use]
    pub fn client(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        for text in forwarded.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            match text.trim().parse::<IpAddr>() {
                Ok(before) => client = before.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }
}

fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
        IpAddr::V6(v6) => u128::from(v6),
    }
}

fn within(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let differing = bits_of(network) ^ bits_of(address);
    network.is_ipv4() == address.is_ipv4() && differing.leading_zeros() >= u32::from(bits)
}

/// The network an address counts for: an IPv4 address itself, the first 64 bits of an IPv6 address, all of which one customer usually has.
#[must_use]
pub fn network(address: IpAddr) -> (bool, u128) {
    let bits = bits_of(address);
    if address.is_ipv4() { (true, bits) } else { (false, bits >> 64 << 64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_peer_says_who_is_behind_it() {
        let proxies: Proxies = "10.0.0.0/8, ::1".parse().unwrap();
        for (peer, forwarded, client) in [
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.1.2.3", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", vec!["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", vec!["1.1.1.1", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", vec!["nonsense"], "10.1.2.3"),
            ("10.1.2.3", vec![], "10.1.2.3"),
            ("::1", vec!["2001:db8::7"], "2001:db8::7"),
            ("::ffff:10.1.2.3", vec!["198.51.100.1"], "198.51.100.1"),
            ("9.255.255.255", vec!["198.51.100.1"], "9.255.255.255"),
        ] {
            assert_eq!(proxies.client(ip(peer), &forwarded), ip(client), "{peer} {forwarded:?}");
        }
        assert_eq!(Proxies::default().client(ip("127.0.0.1"), &["198.51.100.1"]), ip("127.0.0.1"), "nobody is trusted unless named");
    }

    #[test]
    fn a_wrong_list_is_refused() {
        for wrong in ["10.0.0", "10.0.0.0/33", "::/129", "proxy.local", "10.0.0.0/x"] {
            assert!(wrong.parse::<Proxies>().is_err(), "{wrong}");
        }
        assert_eq!("".parse::<Proxies>(), Ok(Proxies::default()));
        assert_eq!("10.0.0.0/8,::1".parse::<Proxies>().unwrap().to_string(), "10.0.0.0/8, ::1/128");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        assert_eq!(network(ip("2001:db8::1")), network(ip("2001:db8::2")));
        assert_ne!(network(ip("2001:db8::1")), network(ip("2001:db8:0:1::1")));
        assert_ne!(network(ip("192.0.2.1")), network(ip("192.0.2.2")));
    }
}
