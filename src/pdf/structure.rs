//! The document's structure for screen readers: headings, tables, rows and cells in reading order.

use super::objects::{Id, Objects};
use std::fmt::Write as _;

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Document,
    Section,
    Heading1,
    Heading2,
    Paragraph,
    Table,
    Head,
    Body,
    Foot,
    Row,
    /// Head of a column.
    ColumnHead,
    /// Head of a row.
    RowHead,
    Cell,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Section => "Sect",
            Self::Heading1 => "H1",
            Self::Heading2 => "H2",
            Self::Paragraph => "P",
            Self::Table => "Table",
            Self::Head => "THead",
            Self::Body => "TBody",
            Self::Foot => "TFoot",
            Self::Row => "TR",
            Self::ColumnHead | Self::RowHead => "TH",
            Self::Cell => "TD",
        }
    }

    const fn scope(self) -> Option<&'static str> {
        match self {
            Self::ColumnHead => Some("Column"),
            Self::RowHead => Some("Row"),
            _ => None,
        }
    }
}

/// A node of the structure, by number.
pub(super) type NodeId = usize;

struct Node {
    role: Role,
    parent: NodeId,
    columns: i64,
    kids: Vec<Kid>,
}

enum Kid {
    Node(NodeId),
    Content { page: usize, mark: i64 },
}

/// The tree while it grows: parts are opened and closed like tags.
pub(super) struct Structure {
    nodes: Vec<Node>,
    open: Vec<NodeId>,
}

impl Structure {
    pub fn new() -> Self {
        Self { nodes: vec![Node { role: Role::Document, parent: 0, columns: 1, kids: Vec::new() }], open: vec![0] }
    }

    pub fn current(&self) -> NodeId {
        self.open.last().copied().unwrap_or(0)
    }

    /// Opens a part that spans `columns` columns (1 outside tables).
    pub fn open(&mut self, role: Role, columns: i64) {
        let (id, parent) = (self.nodes.len(), self.current());
        self.nodes.push(Node { role, parent, columns, kids: Vec::new() });
        self.nodes[parent].kids.push(Kid::Node(id));
        self.open.push(id);
    }

    pub fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// Notes that content `mark` of `page` belongs to a node.
    pub fn attach(&mut self, node: NodeId, page: usize, mark: i64) {
        self.nodes[node].kids.push(Kid::Content { page, mark });
    }

    pub fn role_name(&self, node: NodeId) -> &'static str {
        self.nodes[node].role.name()
    }

    /// Writes the tree and gives its root. `owners` are, for each page, the nodes of its marks in order.
    pub fn add_to(&self, file: &mut Objects, pages: &[Id], owners: &[&[NodeId]]) -> Id {
        let root = file.reserve();
        let ids: Vec<Id> = self.nodes.iter().map(|_| file.reserve()).collect();
        for ((number, node), id) in self.nodes.iter().enumerate().zip(&ids) {
            let parent = if number == 0 { root } else { ids[node.parent] };
            file.put(*id, |out| node.write(out, parent, &ids, pages));
        }
        let by_page = file.add(|out| {
            out.push_str("<</Nums[");
            for (number, nodes) in owners.iter().enumerate() {
                let _ = write!(out, "{number}[");
                for node in *nodes {
                    let _ = write!(out, "{} 0 R ", ids[*node]);
                }
                out.push(']');
            }
            out.push_str("]>>");
        });
        file.put(root, |out| {
            let (first, next) = (ids[0], owners.len());
            let _ =
                write!(out, "<</Type/StructTreeRoot/K {first} 0 R/ParentTree {by_page} 0 R/ParentTreeNextKey {next}>>");
        });
        root
    }
}

impl Node {
    fn write(&self, out: &mut String, parent: Id, ids: &[Id], pages: &[Id]) {
        let _ = write!(out, "<</S/{}/P {parent} 0 R", self.role.name());
        let own_page = self.kids.iter().find_map(|kid| match kid {
            Kid::Content { page, .. } => Some(*page),
            Kid::Node(_) => None,
        });
        if let Some(page) = own_page {
            let _ = write!(out, "/Pg {} 0 R", pages[page]);
        }
        if !self.kids.is_empty() {
            out.push_str("/K[");
            for kid in &self.kids {
                let _ = match kid {
                    Kid::Node(node) => write!(out, "{} 0 R ", ids[*node]),
                    Kid::Content { page, mark } if Some(*page) == own_page => write!(out, "{mark} "),
                    Kid::Content { page, mark } => write!(out, "<</Type/MCR/Pg {} 0 R/MCID {mark}>>", pages[*page]),
                };
            }
            out.push(']');
        }
        let scope = self.role.scope();
        if scope.is_some() || self.columns > 1 {
            out.push_str("/A<</O/Table");
            if let Some(scope) = scope {
                let _ = write!(out, "/Scope/{scope}");
            }
            if self.columns > 1 {
                let _ = write!(out, "/ColSpan {}", self.columns);
            }
            out.push_str(">>");
        }
        out.push_str(">>");
    }
}
